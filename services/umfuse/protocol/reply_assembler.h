// ReplyAssembler: from the packets that a daemon sends to whole messages.
//
// One write of the daemon is one packet, with one exception: a reply that it spliced from a pipe
// arrives in pieces of up to 16 pages. All checks of lengths are here: what comes out is
// consistent.
#ifndef SERVICES_UMFUSE_PROTOCOL_REPLY_ASSEMBLER_H_
#define SERVICES_UMFUSE_PROTOCOL_REPLY_ASSEMBLER_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "services/umfuse/protocol/wire.h"

namespace umsdk::umfuse {

// Not thread-safe: the receiving thread's.
class ReplyAssembler {
 public:
  enum class Outcome {
    kMessage,   // header() and body() are a whole message
    kPartial,   // more pieces are to come
    kBadReply,  // header().unique says whose reply is bad
    kGarbage,   // nothing can be said
    kLost,      // pieces do not fit together: what follows cannot be understood
  };
  // Whether a reply to `unique` is awaited, and how long its body may be at most.
  using Expected = std::function<bool(uint64_t unique, size_t body)>;

  Outcome Feed(std::span<const char> packet, const Expected& expected);

  const fuse_out_header& header() const { return header_; }
  // Valid until the next Feed, and while the packet is.
  std::span<const char> body() const { return body_; }

 private:
  Outcome Begin(std::span<const char> packet, const Expected& expected);
  Outcome Append(std::span<const char> packet);

  fuse_out_header header_ = {};
  std::span<const char> body_;
  bool assembling_ = false;
  std::vector<char> pieces_;  // the body so far
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROTOCOL_REPLY_ASSEMBLER_H_
