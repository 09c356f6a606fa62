// The messages of the FUSE protocol as they go over the channel (linux/fuse.h, fuse(4)).
#ifndef SERVICES_UMFUSE_PROTOCOL_WIRE_H_
#define SERVICES_UMFUSE_PROTOCOL_WIRE_H_

#include <linux/fuse.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace umsdk::umfuse {

// Who makes a request.
struct Sender {
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t pid = 0;
};

// A request: its header and up to five parts of argument. The parts are not owned.
class Request {
 public:
  static constexpr size_t kMaxParts = 5;
  static constexpr size_t kMaxOthers = 3;
  // What a request is about besides its node; 0: none.
  using Others = std::array<uint64_t, kMaxOthers>;

  Request(uint32_t opcode, uint64_t node) : opcode_(opcode), node_(node) {}

  Request& Add(std::span<const char> bytes) {
    if (count_ < kMaxParts) parts_[count_++] = bytes;
    return *this;
  }
  template <typename Struct>
  Request& AddStruct(const Struct& value, size_t size = sizeof(Struct)) {
    return Add({reinterpret_cast<const char*>(&value), size});
  }
  // With its terminating zero.
  Request& AddName(std::string_view name) {
    Add({name.data(), name.size()});
    return Add({"", 1});
  }

  // It is about that node too: the daemon must not hear of its FORGET before it has answered.
  Request& Concerns(uint64_t node) {
    if (other_count_ < kMaxOthers) others_[other_count_++] = node;
    return *this;
  }

  // OnLateReply is told the first part.
  Request& KeepArgument() {
    keeps_argument_ = true;
    return *this;
  }
  std::span<const char> kept_argument() const {
    return keeps_argument_ && count_ > 0 ? parts_[0] : std::span<const char>();
  }

  const Others& others() const { return others_; }
  uint32_t opcode() const { return opcode_; }
  uint64_t node() const { return node_; }
  std::span<const std::span<const char>> parts() const { return {parts_.data(), count_}; }
  size_t size() const {
    size_t size = sizeof(fuse_in_header);
    for (const std::span<const char>& part : parts()) size += part.size();
    return size;
  }

 private:
  const uint32_t opcode_;
  const uint64_t node_;
  std::array<std::span<const char>, kMaxParts> parts_;
  size_t count_ = 0;
  Others others_ = {};
  size_t other_count_ = 0;
  bool keeps_argument_ = false;
};

// Reads a struct from the front of `bytes`; false when it is too short.
template <typename Struct>
bool ReadStruct(std::span<const char> bytes, Struct& out) {
  if (bytes.size() < sizeof(Struct)) return false;
  std::memcpy(&out, bytes.data(), sizeof(Struct));
  return true;
}

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROTOCOL_WIRE_H_
