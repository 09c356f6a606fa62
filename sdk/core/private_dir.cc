#include "sdk/core/private_dir.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace umsdk {
namespace {

// A tmpfs that is mounted nowhere: fsopen(2), fsmount(2). Only raw calls: also used after fork.
int DetachedTmpfs() {
  int context = static_cast<int>(::syscall(SYS_fsopen, "tmpfs", 1 /* FSOPEN_CLOEXEC */));
  if (context < 0) return -1;
  constexpr unsigned kSetString = 1, kCreate = 6;  // FSCONFIG_*
  int mount = -1;
  ::syscall(SYS_fsconfig, context, kSetString, "mode", "0755", 0);
  if (::syscall(SYS_fsconfig, context, kCreate, nullptr, nullptr, 0) == 0) {
    mount = static_cast<int>(
        ::syscall(SYS_fsmount, context, 1 /* FSMOUNT_CLOEXEC */, MS_NOSUID | MS_NODEV));
  }
  ::close(context);
  return mount;
}

bool WriteAll(const char* path, const char* text, size_t size) {
  int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool ok = ::write(fd, text, size) == static_cast<ssize_t>(size);
  ::close(fd);
  return ok;
}

void SendFd(int socket, int fd) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  *header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  std::memcpy(CMSG_DATA(header), &fd, sizeof(int));
  ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

UniqueFd ReceiveFd(int socket) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  if (::recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0) return UniqueFd();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return UniqueFd();
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof(int));
  return UniqueFd(fd);
}

// The child's part. The ids are mapped to themselves, so that we may make files on its tmpfs.
[[noreturn]] void ServeFromNamespace(int socket, const std::string& uid_map, const std::string& gid_map) {
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && WriteAll("/proc/self/setgroups", "deny", 4) &&
      WriteAll("/proc/self/uid_map", uid_map.data(), uid_map.size()) &&
      WriteAll("/proc/self/gid_map", gid_map.data(), gid_map.size())) {
    int mount = DetachedTmpfs();
    if (mount >= 0) SendFd(socket, mount);
  }
  ::_exit(0);
}

UniqueFd TmpfsFromNamespace() {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) return UniqueFd();
  UniqueFd ours(sockets[0]), theirs(sockets[1]);
  std::string uid_map = absl::StrCat(::geteuid(), " ", ::geteuid(), " 1");
  std::string gid_map = absl::StrCat(::getegid(), " ", ::getegid(), " 1");
  // No exit signal: the host's SIGCHLD handler and waitpid(-1) never see this child.
  pid_t child = static_cast<pid_t>(::syscall(SYS_clone, 0, nullptr, nullptr, nullptr, 0));
  if (child == 0) ServeFromNamespace(theirs.get(), uid_map, gid_map);
  if (child < 0) return UniqueFd();
  theirs.Reset();
  UniqueFd mount = ReceiveFd(ours.get());
  while (::waitpid(child, nullptr, __WCLONE) < 0 && errno == EINTR) {
  }
  return mount;
}

}  // namespace

absl::StatusOr<PrivateDir> PrivateDir::Create() {
  UniqueFd fd(DetachedTmpfs());
  if (!fd.valid()) fd = TmpfsFromNamespace();
  if (fd.valid()) return PrivateDir(std::move(fd), "");
  const char* runtime = ::getenv("XDG_RUNTIME_DIR");
  for (std::string base : {std::string(runtime ? runtime : ""), std::string("/dev/shm"), std::string("/tmp")}) {
    if (base.empty()) continue;
    std::string path = base + "/umsdk-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) continue;
    ::chmod(path.c_str(), 0755);
    return PrivateDir(UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), path);
  }
  return absl::UnavailableError(absl::StrCat(
      "no directory for placeholders: neither a private tmpfs nor $XDG_RUNTIME_DIR, /dev/shm, /tmp (",
      std::strerror(errno), "); make one of them writable"));
}

PrivateDir::~PrivateDir() {
  if (!host_path_.empty()) ::rmdir(host_path_.c_str());
}

}  // namespace umsdk
