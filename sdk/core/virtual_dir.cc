#include "sdk/core/virtual_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace umsdk {
namespace {

// Directory offsets: 0 is before ".", 1 before "..", kFirst + c where the file system's cookie is c,
// kExtra + i before the i-th name of a mount.
constexpr uint64_t kFirst = 2;
constexpr uint64_t kExtra = uint64_t{1} << 61;

void MirrorUnlink(int dir, const std::string& name) {
  if (::unlinkat(dir, name.c_str(), 0) != 0) ::unlinkat(dir, name.c_str(), AT_REMOVEDIR);
}

std::string NextName() {
  static std::atomic<uint64_t> next{0};
  return "d" + std::to_string(next++);
}

}  // namespace

VirtualDir::VirtualDir(std::shared_ptr<Mount> mount, NodePtr node, std::string path, int private_dir)
    : OpenObject(std::move(mount), std::move(node), std::move(path)),
      private_dir_(private_dir),
      name_(NextName()) {}

VirtualDir::~VirtualDir() {
  for (auto link = links_.rbegin(); link != links_.rend(); ++link) {  // what lies in a directory first
    MirrorUnlink(private_dir_, name_ + "/" + *link);
  }
  if (key_.ino != 0) ::unlinkat(private_dir_, name_.c_str(), AT_REMOVEDIR);
}

ErrnoOrOk VirtualDir::Init() {
  struct stat st;
  if (::mkdirat(private_dir_, name_.c_str(), 0755) != 0) return LastErrno();
  placeholder_.Reset(::openat(private_dir_, name_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!placeholder_.valid() || ::fstat(placeholder_.get(), &st) != 0) {
    Errno error = LastErrno();
    ::unlinkat(private_dir_, name_.c_str(), AT_REMOVEDIR);
    return error;
  }
  key_ = {st.st_dev, st.st_ino};
  SetInUse(true);
  return {};
}

std::string VirtualDir::MakeWay(const std::vector<std::string>& names) {
  std::string way;
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    way += (way.empty() ? "" : "/") + names[i];
    if (::mkdirat(private_dir_, (name_ + "/" + way).c_str(), 0755) == 0) links_.insert(way);
  }
  way += (way.empty() ? "" : "/") + names.back();
  links_.insert(way);
  return name_ + "/" + way;
}

bool VirtualDir::LinkTo(const std::vector<std::string>& names, const std::string& target) {
  MutexLock lock(links_mutex_);
  std::string path = MakeWay(names);
  std::string old(target.size() + 1, '\0');
  ssize_t size = ::readlinkat(private_dir_, path.c_str(), old.data(), old.size());
  if (size == static_cast<ssize_t>(target.size()) && old.starts_with(target)) return true;
  if (size >= 0) ::unlinkat(private_dir_, path.c_str(), 0);
  return ::symlinkat(target.c_str(), private_dir_, path.c_str()) == 0;
}

bool VirtualDir::HoldAt(const std::vector<std::string>& names, const std::string& file) {
  MutexLock lock(links_mutex_);
  std::string path = MakeWay(names);
  if (::linkat(private_dir_, file.c_str(), private_dir_, path.c_str(), 0) == 0) return true;
  if (errno != EEXIST) return false;
  // Another process may be looking it up: it finds the old one or the new one.
  std::string aside = name_ + ".new";
  if (::linkat(private_dir_, file.c_str(), private_dir_, aside.c_str(), 0) != 0) return false;
  bool done = ::renameat(private_dir_, aside.c_str(), private_dir_, path.c_str()) == 0;
  ::unlinkat(private_dir_, aside.c_str(), 0);  // rename(2) leaves it where both are the same file
  return done;
}

ErrnoOrOk VirtualDir::StartMirror() {
  mirrors_ = true;
  return node()->fs().ReadDir(node()->id(), 0, [&](const DirEntry& entry) {
    MirrorCreate(entry.name, entry.type == DT_DIR);
    return true;
  });
}

void VirtualDir::MirrorCreate(const std::string& name, bool is_dir) {
  if (is_dir ? ::mkdirat(placeholder_.get(), name.c_str(), 0700) != 0
             : ::mknodat(placeholder_.get(), name.c_str(), S_IFREG | 0600, 0) != 0) {
    return;
  }
  MutexLock lock(links_mutex_);
  links_.insert(name);
}

void VirtualDir::MirrorRemove(const std::string& name) {
  MirrorUnlink(placeholder_.get(), name);
  MutexLock lock(links_mutex_);
  links_.erase(name);
}

void VirtualDir::MirrorRename(const std::string& name, VirtualDir& to, const std::string& to_name) {
  if (::renameat(placeholder_.get(), name.c_str(), to.placeholder_.get(), to_name.c_str()) != 0) return;
  {
    MutexLock lock(links_mutex_);
    links_.erase(name);
  }
  MutexLock lock(to.links_mutex_);
  to.links_.insert(to_name);
}

void VirtualDir::MirrorCloseWrite(const std::string& name) {
  UniqueFd closed(::openat(placeholder_.get(), name.c_str(), O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
}

ErrnoOrOk VirtualDir::List(uint64_t offset, const std::vector<std::string>& extra,
                           const std::function<bool(const DirEntry&)>& emit) {
  const uint64_t own = node()->id();
  if (offset == 0) {
    ErrnoOr<Attr> attr = node()->fs().GetAttr(own);
    if (!emit({".", attr.ok() && attr->ino != 0 ? attr->ino : own, DT_DIR, 1})) return {};
    offset = 1;
  }
  if (offset == 1) {
    if (!emit({"..", own, DT_DIR, kFirst})) return {};
    offset = kFirst;
  }
  bool full = false;
  if (offset < kExtra) {
    UMSDK_RETURN_IF_ERRNO(node()->fs().ReadDir(node()->id(), offset - kFirst, [&](const DirEntry& entry) {
      if (std::find(extra.begin(), extra.end(), entry.name) != extra.end()) return true;
      DirEntry shown = entry;
      shown.next = entry.next + kFirst;
      full = !emit(shown);
      return !full;
    }));
    if (full) return {};
    offset = kExtra;
  }
  for (uint64_t i = offset - kExtra; i < extra.size(); ++i) {
    if (!emit({extra[i], i + 1, DT_UNKNOWN, kExtra + i + 1})) return {};
  }
  return {};
}

bool VirtualDir::Reap() {
  if (pinned_) return false;
  SetInUse(false);
  return true;
}

}  // namespace umsdk
