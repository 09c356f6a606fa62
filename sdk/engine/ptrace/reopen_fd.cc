#include "sdk/engine/ptrace/reopen_fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

namespace umsdk {
namespace {

bool IsSame(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// Whether the path leads to the file, seen from here.
bool LeadsTo(const std::string& path, const struct stat& file) {
  struct stat found;
  return ::stat(path.c_str(), &found) == 0 && IsSame(found, file);
}

}  // namespace

ErrnoOr<int> ReopenInGuest(Injection& injection, GuestMemory& memory, const GuestScratch& scratch,
                           const InstallRequest& request) {
  struct stat file;
  const bool fresh = ::fstat(request.fd, &file) == 0 && S_ISREG(file.st_mode) &&
                     ::lseek(request.fd, 0, SEEK_CUR) == 0;
  const std::string path =
      "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(request.fd);
  const std::string guest = "/proc/" + std::to_string(injection.tid());
  // Another /proc, as of a container in the view, may have something else there.
  if (!fresh || request.min_fd > 0 || !LeadsTo(guest + "/root" + path, file)) return Errno(EMFILE);
  const size_t size = path.size() + 1;
  if (size > GuestScratch::kSize) return Errno(EMFILE);
  if (memory.Write(scratch.address(), path.c_str(), size) != size) return Errno(ESRCH);
  const int flags = ::fcntl(request.fd, F_GETFL) | (request.close_on_exec ? O_CLOEXEC : 0);
  ErrnoOr<int64_t> number =
      injection.Call(SYS_openat, {static_cast<uint64_t>(AT_FDCWD), scratch.address(),
                                  static_cast<uint64_t>(flags), 0});
  if (!number.ok()) return number.error() == Errno(ESRCH) ? Errno(ESRCH) : Errno(EMFILE);
  if (LeadsTo(guest + "/fd/" + std::to_string(*number), file)) return static_cast<int>(*number);
  (void)injection.Call(SYS_close, {static_cast<uint64_t>(*number)});
  return Errno(EMFILE);
}

}  // namespace umsdk
