#include "sdk/core/real_root.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "sdk/core/virtual_dir.h"

namespace umsdk {

RealRoot::RealRoot(Call& call) : call_(call) {
  if (!call.view().foreign_roots()) return;
  std::string link = call.ProcPath("root");
  object_ = ObjectAt(call.view(), link);
  if (object_) {
    root_ = object_->path();
    if (object_->dir() != nullptr) base_ = object_->dir()->base();
    return;
  }
  auto base = std::make_shared<RealBase>();
  std::string root = ReadProcLink(link);
  if (root.starts_with('/')) base->path = root_ = root;
  // Through the magic link, so that another mount namespace is entered too.
  base->fd.Reset(::open(link.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  base_ = std::move(base);
}

int RealRoot::fd() const { return base_ && base_->fd.valid() ? base_->fd.get() : AT_FDCWD; }

bool RealRoot::Reaches(const std::string& path) const {
  return PathIsWithin(path, base_ ? base_->path : "/");
}

std::string RealRoot::Shown(const std::string& path) const {
  if (root_ == "/" || !PathIsWithin(path, root_)) return path;
  return path == root_ ? "/" : path.substr(root_.size());
}

const char* RealRoot::Relative(const std::string& path) const {
  if (fd() == AT_FDCWD) return path.c_str();
  size_t skip = base_->path == "/" ? 1 : base_->path.size() + 1;
  return path.size() <= skip ? "." : path.c_str() + skip;
}

ActAs RealRoot::AsGuest() const {
  return call_.view().identities().differ() ? ActAs(call_.identity().caller) : ActAs();
}

ErrnoOr<UniqueFd> RealRoot::Open(const std::string& path, int flags, mode_t mode) const {
  UniqueFd file(::openat(fd(), Relative(path), flags | O_CLOEXEC, mode));
  if (!file.valid()) return LastErrno();
  return file;
}

ErrnoOrOk RealRoot::Probe(const std::string& path, Last last) const {
  open_how how = {};
  how.flags = O_PATH | O_CLOEXEC;
  if (last == Last::kDirectory) how.flags |= O_DIRECTORY;
  if (last == Last::kItself) how.flags |= O_NOFOLLOW;
  how.resolve = RESOLVE_NO_SYMLINKS;
  ActAs guest = AsGuest();
  long result = ::syscall(SYS_openat2, fd(), Relative(path), &how, sizeof(how));
  if (result < 0) return LastErrno();
  UniqueFd found(static_cast<int>(result));
  return {};
}

bool RealRoot::IsSearched(const std::string& path, ProvenDir& proven) const {
  const std::string inside = path + "/.";  // which takes the right to search
  ActAs guest = AsGuest();
  struct statx found;
  if (fd() != AT_FDCWD || !ProvenDir::Look(inside, found)) return Probe(inside, Last::kDirectory).ok();
  if (proven.Is(found)) return true;
  if (!Probe(inside, Last::kDirectory).ok()) return false;
  // Put only if it is what was proven, and not put there in between.
  struct statx again;
  if (ProvenDir::Look(inside, again) && ProvenDir::Same(found, again)) proven.Set(found);
  return true;
}

ErrnoOr<std::optional<std::string>> RealRoot::Link(const std::string& path) const {
  char text[PATH_MAX];
  ActAs guest = AsGuest();
  ssize_t size = ::readlinkat(fd(), Relative(path), text, sizeof(text));
  if (size >= 0) return std::optional<std::string>(std::string(text, static_cast<size_t>(size)));
  if (errno == EINVAL) return std::optional<std::string>();
  return LastErrno();
}

}  // namespace umsdk
