// What a daemon sends, as packets of any content: the input is a sequence of [length, bytes]. With
// the highest bit of the length set only a header of 16 bytes follows, and zeros stand for the
// body: pieces of a reply are pages, which would make inputs too long to be varied well.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "services/umfuse/protocol/negotiation.h"
#include "services/umfuse/protocol/reply_assembler.h"

namespace {

constexpr size_t kPadded = 0x8000;

// Takes the next packet from `rest`, which holds at least two bytes; `padded` keeps one with zeros.
std::span<const char> NextPacket(std::span<const char>& rest, std::vector<char>& padded) {
  size_t length = static_cast<uint8_t>(rest[0]) | static_cast<size_t>(static_cast<uint8_t>(rest[1]))
                                                      << 8;
  rest = rest.subspan(2);
  bool pad = (length & kPadded) != 0;
  length &= ~kPadded;
  size_t given = pad ? std::min(length, sizeof(fuse_out_header)) : length;
  std::span<const char> packet = rest.first(std::min(given, rest.size()));
  rest = rest.subspan(packet.size());
  if (!pad) return packet;
  padded.assign(packet.begin(), packet.end());
  padded.resize(length);
  return padded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using umsdk::umfuse::ReplyAssembler;
  ReplyAssembler assembler;
  std::span<const char> rest(reinterpret_cast<const char*>(data), size);
  std::vector<char> padded;
  while (rest.size() >= 2) {
    std::span<const char> packet = NextPacket(rest, padded);
    constexpr size_t kMost = 200000;
    auto outcome = assembler.Feed(
        packet, [](uint64_t unique, size_t body) { return unique < 100 && body <= kMost; });
    if (outcome != ReplyAssembler::Outcome::kMessage) continue;
    // What comes out is what the header says, and an error has no body.
    if (assembler.header().len != sizeof(fuse_out_header) + assembler.body().size())
      __builtin_trap();
    if (assembler.header().unique != 0 && assembler.header().error != 0 &&
        !assembler.body().empty())
      __builtin_trap();
    constexpr uint32_t kMaxData = 1 << 20;
    auto session = umsdk::umfuse::ReadInit(assembler.body(), kMaxData, 0);
    if (session.ok() && (session->max_read > kMaxData || session->max_write > kMaxData))
      __builtin_trap();
  }
  return 0;
}
