#include "sdk/core/socket_peers.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/stat.h>

#include <cstring>

#include "sdk/base/unique_fd.h"

namespace umsdk {
namespace {

constexpr size_t kMaxRemembered = 4096;

ino_t InodeOf(int socket) {
  struct stat st;
  return ::fstat(socket, &st) == 0 ? st.st_ino : 0;
}

// The inode of the socket that `inode` is connected to, as sock_diag(7) tells; 0: none.
ino_t PeerInode(ino_t inode) {
  UniqueFd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  struct {
    nlmsghdr header;
    unix_diag_req body;
  } request = {};
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.body.sdiag_family = AF_UNIX;
  request.body.udiag_states = ~0u;
  request.body.udiag_ino = static_cast<uint32_t>(inode);
  request.body.udiag_show = UDIAG_SHOW_PEER;
  request.body.udiag_cookie[0] = request.body.udiag_cookie[1] = ~0u;
  alignas(nlmsghdr) char reply[1024];
  if (!netlink.valid() || ::send(netlink.get(), &request, sizeof(request), 0) < 0) return 0;
  ssize_t size = ::recv(netlink.get(), reply, sizeof(reply), 0);
  auto* header = reinterpret_cast<nlmsghdr*>(reply);
  if (size < 0 || !NLMSG_OK(header, static_cast<size_t>(size)) ||
      header->nlmsg_type != SOCK_DIAG_BY_FAMILY) {
    return 0;
  }
  auto* body = static_cast<unix_diag_msg*>(NLMSG_DATA(header));
  auto left = static_cast<int>(header->nlmsg_len - NLMSG_LENGTH(sizeof(*body)));
  for (auto* at = reinterpret_cast<rtattr*>(body + 1); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    if (at->rta_type != UNIX_DIAG_PEER) continue;
    uint32_t peer;
    std::memcpy(&peer, RTA_DATA(at), sizeof(peer));
    return peer;
  }
  return 0;
}

}  // namespace

void SocketPeers::Note(int socket, const ucred& guest) {
  ino_t inode = InodeOf(socket);
  MutexLock lock(mutex_);
  if (by_inode_.insert_or_assign(inode, guest).second) order_.push_back(inode);
  if (order_.size() <= kMaxRemembered) return;
  by_inode_.erase(order_.front());
  order_.pop_front();
}

std::optional<ucred> SocketPeers::PeerOf(int socket) const {
  ino_t peer = PeerInode(InodeOf(socket));
  MutexLock lock(mutex_);
  auto it = by_inode_.find(peer);
  if (peer == 0 || it == by_inode_.end()) return std::nullopt;
  return it->second;
}

}  // namespace umsdk
