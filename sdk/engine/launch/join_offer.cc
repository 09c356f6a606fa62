#include "sdk/engine/launch/join_offer.h"

#include <linux/bpf_common.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace umsdk {
namespace {

constexpr int kFds = 3;
constexpr uint32_t kMagic = 0x6a6d7502;  // the last byte is the version

struct Header {
  uint32_t magic;
  uint32_t want_listener;
  uint32_t instructions;
};

// The message around these parts; borrowed.
class Message {
 public:
  Message(Header& header, sock_filter* filter, size_t instructions)
      : parts_{{&header, sizeof(header)}, {filter, instructions * sizeof(sock_filter)}} {
    message_.msg_iov = parts_;
    message_.msg_iovlen = 2;
    message_.msg_control = control_;
    message_.msg_controllen = sizeof(control_);
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  void Put(const int (&fds)[kFds]) {
    cmsghdr* control = CMSG_FIRSTHDR(&message_);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof(fds));
    std::memcpy(CMSG_DATA(control), fds, sizeof(fds));
  }
  bool Get(UniqueFd (&fds)[kFds]) {
    const cmsghdr* control = CMSG_FIRSTHDR(&message_);
    if (control == nullptr || control->cmsg_type != SCM_RIGHTS) return false;
    const size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count && i < kFds; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(control) + i * sizeof(int), sizeof(fd));
      fds[i].Reset(fd);
    }
    return count == kFds;
  }
  msghdr* get() { return &message_; }

 private:
  iovec parts_[2];
  alignas(cmsghdr) char control_[CMSG_SPACE(kFds * sizeof(int))] = {};
  msghdr message_ = {};
};

}  // namespace

absl::Status SendOffer(int socket, const JoinOffer& offer) {
  Header header = {kMagic, offer.want_listener, static_cast<uint32_t>(offer.filter.size())};
  Message message(header, const_cast<sock_filter*>(offer.filter.data()), offer.filter.size());
  message.Put({offer.page.get(), offer.errand_page.get(), offer.host_pidfd.get()});
  if (sendmsg(socket, message.get(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "join: offer to the joining process");
}

absl::StatusOr<JoinOffer> ReceiveOffer(int socket) {
  Header header = {};
  std::vector<sock_filter> filter(BPF_MAXINSNS);
  Message message(header, filter.data(), filter.size());
  ssize_t size;
  do {
    size = recvmsg(socket, message.get(), MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return absl::ErrnoToStatus(errno, "join: offer of the supervisor");
  if (size == 0) return absl::UnavailableError("join: the supervisor refuses");
  UniqueFd fds[kFds];
  const bool complete = message.Get(fds) && header.magic == kMagic &&
                        header.instructions <= filter.size() &&
                        size == static_cast<ssize_t>(sizeof(header) +
                                                     header.instructions * sizeof(sock_filter));
  if (!complete) return absl::InvalidArgumentError("join: this is no supervisor of this version");
  filter.resize(header.instructions);
  return JoinOffer{header.want_listener != 0, std::move(filter), std::move(fds[0]),
                   std::move(fds[1]), std::move(fds[2])};
}

}  // namespace umsdk
