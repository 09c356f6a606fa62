#include "tests/posix/calls.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "tests/posix/place.h"

namespace umsdk::posix {
namespace {

// Devices and fifos must not be waited for.
long Open(const char* path, int flags) { return Closed(::open(path, flags | O_NONBLOCK, 0644)); }

long List(const char* path) {
  DIR* dir = ::opendir(path);
  if (dir == nullptr) return -1;
  while (::readdir(dir) != nullptr) {
  }
  return ::closedir(dir);
}

long AtSocket(const char* path, int (*call)(int, const sockaddr*, socklen_t)) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const size_t size = ::strnlen(path, sizeof(address.sun_path));
  if (size == sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(address.sun_path, path, size);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const socklen_t length = offsetof(sockaddr_un, sun_path) + size + 1;
  const long result = call(fd, reinterpret_cast<const sockaddr*>(&address), length);
  const int error = errno;
  ::close(fd);
  errno = error;
  return result;
}

long Watch(const char* path) {
  const int fd = ::inotify_init1(0);
  const long result = ::inotify_add_watch(fd, path, IN_CREATE);
  const int error = errno;
  ::close(fd);
  errno = error;
  return result;
}

// They may be there: of a file system that is read-only now.
bool MakeOld() {
  return ::access("old", F_OK) == 0 || Closed(::open("old", O_CREAT | O_WRONLY, 0644)) >= 0;
}
bool MakeOldDir() { return ::access("old_dir", F_OK) == 0 || ::mkdir("old_dir", 0755) == 0; }

long Exec(const char* path) {
  char name[] = "x";
  char* argv[] = {name, nullptr};
  return ::execve(path, argv, argv + 1);
}

constexpr timespec kTimes[2] = {{1000000000, 1}, {1000000001, 2}};
using S = const char*;

}  // namespace

const std::vector<PathCall>& PathCalls() {
  static const std::vector<PathCall> calls = {
      {"open_read", [](S p) { return Open(p, O_RDONLY); }},
      {"open_write", [](S p) { return Open(p, O_WRONLY); }},
      {"open_both", [](S p) { return Open(p, O_RDWR); }},
      {"open_create", [](S p) { return Open(p, O_WRONLY | O_CREAT); }},
      {"open_excl", [](S p) { return Open(p, O_WRONLY | O_CREAT | O_EXCL); }},
      {"open_trunc", [](S p) { return Open(p, O_WRONLY | O_TRUNC); }},
      {"open_dir", [](S p) { return Open(p, O_RDONLY | O_DIRECTORY); }},
      {"open_nofollow", [](S p) { return Open(p, O_RDONLY | O_NOFOLLOW); }},
      {"open_path", [](S p) { return Open(p, O_PATH); }},
      {"stat", [](S p) { struct stat st; return long{::stat(p, &st)}; }},
      {"lstat", [](S p) { struct stat st; return long{::lstat(p, &st)}; }},
      {"exists", [](S p) { return long{::access(p, F_OK)}; }},
      {"readable", [](S p) { return long{::access(p, R_OK)}; }},
      {"writable", [](S p) { return long{::access(p, W_OK)}; }},
      {"executable", [](S p) { return long{::access(p, X_OK)}; }},
      {"chmod", [](S p) { return long{::chmod(p, 0600)}; }},
      {"chown", [](S p) { return long{::chown(p, ::geteuid(), ::getegid())}; }},
      {"lchown", [](S p) { return long{::lchown(p, ::geteuid(), ::getegid())}; }},
      {"mkdir", [](S p) { return long{::mkdir(p, 0755)}; }},
      {"rmdir", [](S p) { return long{::rmdir(p)}; }},
      {"unlink", [](S p) { return long{::unlink(p)}; }},
      {"symlink", [](S p) { return long{::symlink("target", p)}; }},
      {"readlink", [](S p) { char text[8]; return long{::readlink(p, text, sizeof(text))}; }},
      {"link_from", [](S p) { return long{::link(p, "new")}; }},
      {"link_follow",
       [](S p) { return long{::linkat(AT_FDCWD, p, AT_FDCWD, "new", AT_SYMLINK_FOLLOW)}; }},
      {"link_to", [](S p) { return MakeOld() ? long{::link("old", p)} : -1L; }},
      {"rename_from", [](S p) { return long{::rename(p, "new")}; }},
      {"rename_file_to", [](S p) { return MakeOld() ? long{::rename("old", p)} : -1L; }},
      {"rename_dir_to", [](S p) { return MakeOldDir() ? long{::rename("old_dir", p)} : -1L; }},
      {"truncate", [](S p) { return long{::truncate(p, 2)}; }},
      {"mkfifo", [](S p) { return long{::mkfifo(p, 0644)}; }},
      {"mknod", [](S p) { return long{::mknod(p, S_IFREG | 0644, 0)}; }},
      {"bind", [](S p) { return AtSocket(p, ::bind); }},
      {"connect", [](S p) { return AtSocket(p, ::connect); }},
      {"utimes", [](S p) { return long{::utimensat(AT_FDCWD, p, kTimes, 0)}; }},
      {"lutimes", [](S p) { return long{::utimensat(AT_FDCWD, p, kTimes, AT_SYMLINK_NOFOLLOW)}; }},
      {"chdir", [](S p) { return long{::chdir(p)}; }},
      {"statfs", [](S p) { struct statfs st; return long{::statfs(p, &st)}; }},
      {"list", [](S p) { return List(p); }},
      {"listxattr", [](S p) { char text[256]; return long{::listxattr(p, text, sizeof(text))}; }},
      {"getxattr", [](S p) { return long{::getxattr(p, "user.none", nullptr, 0)}; }},
      {"watch", [](S p) { return Watch(p); }},
      {"exec", [](S p) { return Exec(p); }},
  };
  return calls;
}

}  // namespace umsdk::posix
