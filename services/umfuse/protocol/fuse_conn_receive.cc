// The receiving half of FuseConn.
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "services/umfuse/protocol/fuse_conn.h"

namespace umsdk::umfuse {
namespace {

constexpr int kMaxStrikes = 1000;  // messages without sense before the daemon is given up
constexpr int kIdlePackets = 64;   // read at a time for one mount, so that others get their turn

// Who sent the message; asked once, of the answer to INIT.
pid_t SenderOf(msghdr& message) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
       control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_CREDENTIALS) continue;
    ucred credentials;
    std::memcpy(&credentials, CMSG_DATA(control), sizeof(credentials));
    return credentials.pid;
  }
  return 0;
}

}  // namespace

bool FuseConn::ReceiveOne(Pending* mine, uint64_t unique, bool wait) {
  fuse_out_header header = {};
  // The common case is the leader's own answer: it goes where it belongs at once.
  std::span<char> out = mine != nullptr ? mine->out : std::span<char>();
  iovec parts[3] = {
      {&header, sizeof(header)}, {out.data(), out.size()}, {spill_.data(), spill_.size()}};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
  msghdr message = {};
  message.msg_iov = parts;
  message.msg_iovlen = 3;
  if (daemon_ == 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
  }
  ssize_t size = ::recvmsg(socket_.get(), &message, wait ? 0 : MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (size <= 0) {
    Abort();
    return false;
  }
  hung_ = false;
  if (daemon_ == 0) {
    daemon_ = SenderOf(message);
    int off = 0;
    if (daemon_ != 0) ::setsockopt(socket_.get(), SOL_SOCKET, SO_PASSCRED, &off, sizeof(off));
  }
  auto count = static_cast<size_t>(size);
  bool direct = mine != nullptr && !assembling_ && count >= sizeof(header) && header.len == count &&
                header.unique == unique && header.error == 0 &&
                count - sizeof(header) <= out.size();
  if (direct) {
    MutexLock lock(mutex_);
    awaited_.erase(unique);
    if (!mine->done) Complete(*mine, Errno(0), count - sizeof(header));
    return true;
  }
  packet_.resize(count);
  size_t at = 0;
  for (const iovec& part : parts) {
    size_t piece = std::min(part.iov_len, count - at);
    if (piece > 0) std::memcpy(packet_.data() + at, part.iov_base, piece);
    at += piece;
  }
  Dispatch(std::span<const char>(packet_.data(), at));
  return true;
}

void FuseConn::Dispatch(std::span<const char> packet) {
  using Outcome = ReplyAssembler::Outcome;
  Outcome outcome = assembler_.Feed(packet, [this](uint64_t unique, size_t body) {
    MutexLock lock(mutex_);
    auto it = awaited_.find(unique);
    if (it == awaited_.end()) return false;
    return body <= (it->second.pending != nullptr ? it->second.pending->out.size() : max_data_);
  });
  assembling_ = outcome == Outcome::kPartial;
  const fuse_out_header& header = assembler_.header();
  switch (outcome) {
    case Outcome::kPartial:
      return;
    case Outcome::kLost:
      return Abort();
    case Outcome::kGarbage:
      return Strike();
    case Outcome::kBadReply:
      Strike();
      return Deliver(header.unique, Errno(EIO), {});
    case Outcome::kMessage:
      break;
  }
  if (header.unique == 0) {
    MutexLock lock(listener_mutex_);
    if (listener_ != nullptr) listener_->OnNotification(header.error, assembler_.body());
  } else if ((header.unique & 1) == 0) {  // the answer to an INTERRUPT says nothing that we need
    Deliver(header.unique, Errno(-header.error), assembler_.body());
  }
}

void FuseConn::Deliver(uint64_t unique, Errno error, std::span<const char> body) {
  Awaited late;
  {
    MutexLock lock(mutex_);
    auto it = awaited_.find(unique);
    if (it != awaited_.end()) late = it->second;
    if (Pending* pending = late.pending) {
      awaited_.erase(it);
      bool fits = body.size() <= pending->out.size();
      if (fits && !body.empty()) std::memcpy(pending->out.data(), body.data(), body.size());
      return Complete(*pending, fits ? error : Errno(EIO), fits ? body.size() : 0);
    }
  }
  if (late.opcode == 0) return Strike();
  DeliverLate(unique, late, error, body);
}

// The request is awaited until what its answer asks for has been sent.
void FuseConn::DeliverLate(uint64_t unique, const Awaited& late, Errno error,
                           std::span<const char> body) {
  MutexLock lock(listener_mutex_);
  const bool told = late.opcode == FUSE_POLL || (late.abandoned && error == Errno(0));
  if (listener_ != nullptr && told) {
    listener_->OnLateReply({late.opcode, late.node, late.argument, error}, body);
  }
  {
    MutexLock table(mutex_);
    awaited_.erase(unique);
  }
  if (listener_ != nullptr) listener_->OnAnswered();
}

void FuseConn::Complete(Pending& pending, Errno error, size_t got) {
  pending.error = error;
  pending.got = got;
  pending.done = true;
  pending.wake.notify_all();
}

void FuseConn::Strike() {
  if (++strikes_ > kMaxStrikes) Abort();
}

bool FuseConn::ReadIdle() {
  if (TryLead()) {
    for (int i = 0; i < kIdlePackets && !dead_ && ReceiveOne(nullptr, 0, false); ++i) continue;
    EndLead(true);
  }
  if (!dead_) return true;
  MutexLock lock(listener_mutex_);
  if (listener_ != nullptr) listener_->OnGone();
  return false;
}

void FuseConn::Abort() {
  MutexLock lock(mutex_);
  dead_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);
  for (auto& [unique, awaited] : awaited_) {
    if (awaited.pending != nullptr) awaited.pending->wake.notify_all();
  }
}

}  // namespace umsdk::umfuse
