#include "services/umfuse/protocol/reply_assembler.h"

namespace umsdk::umfuse {
namespace {

// A pipe's buffers are pages: only the last piece can be smaller. A shorter first piece is a lie,
// and waiting for the rest would be waiting for ever.
constexpr size_t kSmallestPiece = 4096;
constexpr int kLastErrno = 511;

}  // namespace

ReplyAssembler::Outcome ReplyAssembler::Feed(std::span<const char> packet,
                                             const Expected& expected) {
  return assembling_ ? Append(packet) : Begin(packet, expected);
}

ReplyAssembler::Outcome ReplyAssembler::Begin(std::span<const char> packet,
                                              const Expected& expected) {
  if (!ReadStruct(packet, header_)) return Outcome::kGarbage;
  body_ = packet.subspan(sizeof(header_));
  bool notification = header_.unique == 0;
  bool bad_error = !notification && (header_.error > 0 || header_.error < -kLastErrno);
  if (header_.len < packet.size() || bad_error)
    return notification ? Outcome::kGarbage : Outcome::kBadReply;
  if (!notification && header_.error != 0 && header_.len != sizeof(header_))
    return Outcome::kBadReply;
  if (header_.len == packet.size()) return Outcome::kMessage;
  if (packet.size() < kSmallestPiece || !expected(header_.unique, header_.len - sizeof(header_))) {
    return notification ? Outcome::kGarbage : Outcome::kBadReply;
  }
  assembling_ = true;
  pieces_.reserve(header_.len - sizeof(header_));
  pieces_.assign(body_.begin(), body_.end());
  return Outcome::kPartial;
}

ReplyAssembler::Outcome ReplyAssembler::Append(std::span<const char> packet) {
  size_t whole = header_.len - sizeof(header_);
#ifdef UMSDK_PLANTED_BUG  // what tools/fuzz --planted must find
  bool fits = true;
#else
  bool fits = packet.size() <= whole - pieces_.size();
#endif
  if (packet.empty() || !fits) {
    assembling_ = false;
    return Outcome::kLost;
  }
  pieces_.insert(pieces_.end(), packet.begin(), packet.end());
  if (pieces_.size() < whole) return Outcome::kPartial;
  assembling_ = false;
  body_ = pieces_;
  return Outcome::kMessage;
}

}  // namespace umsdk::umfuse
