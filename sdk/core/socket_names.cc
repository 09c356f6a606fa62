#include "sdk/core/socket_names.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "sdk/base/unique_fd.h"

namespace umsdk {
namespace {

constexpr int kCannotConfine = -1;  // neither CAP_SYS_CHROOT nor a user namespace

std::string NodeName(const Mount& mount, NodeId node) {
  return std::to_string(mount.dev & 0xfffff) + "-" + std::to_string(node);
}

sockaddr_un Address(const std::string& path) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof(name.sun_path));
  return name;
}

// Makes the directories that `given` passes through below `dir`; where it ends, seen from `dir`.
std::string MakeWay(int dir, const std::string& given) {
  std::vector<std::string> parts;
  std::string path;
  for (size_t at = 0; at < given.size();) {
    size_t end = std::min(given.find('/', at), given.size());
    std::string name = given.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      if (!parts.empty()) parts.pop_back();
    } else {
      parts.push_back(name);
    }
    path.clear();
    for (const std::string& part : parts) path += (path.empty() ? "" : "/") + part;
    if (at < given.size() && !path.empty()) ::mkdirat(dir, path.c_str(), 0755);
  }
  return path;
}

// The child's part, after fork: raw calls only.
[[noreturn]] void BindInside(int dir, int socket, const sockaddr_un& name, socklen_t size, int answer) {
  ::umask(0);  // the permissions of the virtual node are checked by us
  int result = 0;
  bool inside = ::fchdir(dir) == 0 &&
                (::chroot(".") == 0 || (::unshare(CLONE_NEWUSER) == 0 && ::chroot(".") == 0));
  if (!inside) {
    result = kCannotConfine;
  } else if (::bind(socket, reinterpret_cast<const sockaddr*>(&name), size) != 0) {
    result = errno;
  }
  if (::write(answer, &result, sizeof(result)) < 0) ::_exit(1);
  ::_exit(0);
}

// The errno of the bind, 0, or kCannotConfine.
int BindFromChild(int dir, int socket, const std::string& given) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return kCannotConfine;
  UniqueFd answer(ends[0]), theirs(ends[1]);
  sockaddr_un name = Address(given);
  auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + given.size());
  // No exit signal: the host's SIGCHLD handler and waitpid(-1) never see this child.
  auto child = static_cast<pid_t>(::syscall(SYS_clone, 0, nullptr, nullptr, nullptr, 0));
  if (child == 0) BindInside(dir, socket, name, size, theirs.get());
  theirs.Reset();
  int result = kCannotConfine;
  if (child < 0 || ::read(answer.get(), &result, sizeof(result)) != sizeof(result)) result = kCannotConfine;
  while (child > 0 && ::waitpid(child, nullptr, __WCLONE) < 0 && errno == EINTR) {
  }
  return result;
}

}  // namespace

sockaddr_un NodeSocketName(int private_dir, const Mount& mount, NodeId node) {
  return Address("/proc/self/fd/" + std::to_string(private_dir) + "/s" + NodeName(mount, node));
}

ErrnoOrOk BindNode(int private_dir, const Mount& mount, NodeId node, int socket, const std::string& given) {
  std::string link = "s" + NodeName(mount, node), root = "S" + NodeName(mount, node);
  ::mkdirat(private_dir, root.c_str(), 0755);
  UniqueFd dir(::openat(private_dir, root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::string inside = MakeWay(dir.get(), given);
  int result = dir.valid() && !inside.empty() ? BindFromChild(dir.get(), socket, given) : kCannotConfine;
  if (result == 0) {
    return ::symlinkat((root + "/" + inside).c_str(), private_dir, link.c_str()) == 0 ? ErrnoOrOk()
                                                                                     : ErrnoOrOk(LastErrno());
  }
  if (result != kCannotConfine) return Errno(result);
  // Then the kernel tells our own name for it.
  sockaddr_un name = NodeSocketName(private_dir, mount, node);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0) return LastErrno();
  return {};
}

}  // namespace umsdk
