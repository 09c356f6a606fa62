// The calls of TwinTree.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "tests/fuzz/twin_call.h"
#include "tests/fuzz/twin_tree.h"

namespace umsdk::fuzz {
namespace {

// docs/known_gaps.md: a trailing slash behind a new name that lies on real ground again.
bool IsKnownGap(const TwinPath& path) {
  return path.rest.ends_with('/') && path.rest.find("..") != std::string::npos;
}

}  // namespace

void TwinTree::MakeDir(const TwinPath& path) { Both("mkdir", SYS_mkdirat, &path, nullptr, {0755}); }

void TwinTree::Symlink(const TwinPath& text, const TwinPath& path) {
  if (!path.absolute && path.dir >= dirs_.size()) return;
  if (IsKnownGap(path)) return;
  std::string view_text = Text(text, kView), native_text = Text(text, kKernel);
  std::string native_path = Text(path, kKernel);
  auto got = Virtual(guest_, SYS_symlinkat,
                     {guest_.Write(kFirstPath, view_text), Descriptor(Dir(path, kView)),
                      guest_.Write(kSecondPath, Text(path, kView))});
  if (!got.has_value()) return;
  Note("symlink", text, &path, 0);
  int64_t expected = Native(
      SYS_symlinkat,
      {Pointer(native_text.c_str()), Descriptor(Dir(path, kKernel)), Pointer(native_path.c_str())});
  Check("symlink", path, *got, expected);
}

void TwinTree::Create(const TwinPath& path, int flags) {
  if (IsKnownGap(path)) return;
  int64_t fds[2];
  auto all = static_cast<uint64_t>(flags | O_CREAT | O_WRONLY | O_CLOEXEC | O_NONBLOCK);
  if (!Both("create", SYS_openat, &path, nullptr, {all, 0644}, fds)) return;
  guest_.Close(static_cast<int>(fds[kView]));
  ::close(static_cast<int>(fds[kKernel]));
}

void TwinTree::Link(const TwinPath& from, const TwinPath& to, int flags) {
  Both("link", SYS_linkat, &from, &to, {static_cast<uint64_t>(flags)});
}

void TwinTree::Rename(const TwinPath& from, const TwinPath& to, unsigned flags) {
  if (from.absolute && to.absolute && from.rest == to.rest) return;  // docs/known_gaps.md
  Both("rename", SYS_renameat2, &from, &to, {flags});
}

void TwinTree::Unlink(const TwinPath& path, int flags) {
  Both("unlink", SYS_unlinkat, &path, nullptr, {static_cast<uint64_t>(flags)});
}

void TwinTree::Mount(const TwinPath& path) {
  if (!path.absolute) return;
  uint64_t type = guest_.Write(kSecondPath, "umramfs");
  uint64_t target = guest_.Write(kFirstPath, Text(path, kView));
  auto got = Virtual(guest_, SYS_mount, {type, target, type, 0, 0});
  if (!got.has_value()) return;
  Note("mount", path, nullptr, 0);
  std::string native = Text(path, kKernel);
  int64_t expected = ::mount("none", native.c_str(), "tmpfs", 0, "mode=777") == 0 ? 0 : -errno;
  Check("mount", path, *got, expected);
}

void TwinTree::Unmount(const TwinPath& path, int flags) {
  if (!path.absolute) return;
  uint64_t target = guest_.Write(kFirstPath, Text(path, kView));
  auto got = Virtual(guest_, SYS_umount2, {target, static_cast<uint64_t>(flags)});
  if (!got.has_value()) return;
  Note("umount", path, nullptr, static_cast<uint64_t>(flags));
  std::string native = Text(path, kKernel);
  int64_t expected = ::umount2(native.c_str(), flags) == 0 ? 0 : -errno;
  Check("umount", path, *got, expected);
}

void TwinTree::CompareStat(const char* what, const TwinPath& path, const struct stat& view,
                           const struct stat& kernel) {
  Node here{view.st_dev, view.st_ino}, there{kernel.st_dev, kernel.st_ino};
  if (same_.try_emplace(here, there).first->second != there) Differ(what, path, 0, 0);
  if (view.st_mode != kernel.st_mode) Differ(what, path, view.st_mode, kernel.st_mode);
  if (view.st_nlink != kernel.st_nlink) {
    Differ("links of", path, static_cast<int64_t>(view.st_nlink),
           static_cast<int64_t>(kernel.st_nlink));
  }
  if (!S_ISDIR(view.st_mode) && view.st_size != kernel.st_size) {
    Differ("size of", path, view.st_size, kernel.st_size);
  }
}

void TwinTree::Stat(const TwinPath& path, int flags) {
  if (!path.absolute && path.dir >= dirs_.size()) return;
  auto got = Virtual(guest_, SYS_newfstatat,
                     {Descriptor(Dir(path, kView)), guest_.Write(kFirstPath, Text(path, kView)),
                      guest_.AddressOf(kStructs), static_cast<uint64_t>(flags)});
  if (!got.has_value()) return;
  Note("stat", path, nullptr, static_cast<uint64_t>(flags));
  struct stat native = {}, view = {};
  std::string text = Text(path, kKernel);
  int64_t expected = ::fstatat(Dir(path, kKernel), text.c_str(), &native, flags) == 0 ? 0 : -errno;
  if (*got != expected) Differ("stat", path, *got, expected);
  if (*got < 0) return;
  std::memcpy(&view, guest_.memory().data() + kStructs, sizeof(view));
  CompareStat("stat", path, view, native);
}

void TwinTree::ReadLink(const TwinPath& path) {
  if (!path.absolute && path.dir >= dirs_.size()) return;
  constexpr size_t kSize = 300;
  auto got = Virtual(guest_, SYS_readlinkat,
                     {Descriptor(Dir(path, kView)), guest_.Write(kFirstPath, Text(path, kView)),
                      guest_.AddressOf(kStructs), kSize});
  if (!got.has_value()) return;
  Note("readlink", path, nullptr, 0);
  char buffer[kSize];
  std::string text = Text(path, kKernel);
  ssize_t size = ::readlinkat(Dir(path, kKernel), text.c_str(), buffer, kSize);
  int64_t expected = size >= 0 ? size : -errno;
  if (*got != expected) Differ("readlink", path, *got, expected);
}

void TwinTree::Resolve(const TwinPath& path, uint64_t flags, uint64_t resolve) {
  if (!path.absolute && path.dir >= dirs_.size()) return;
  open_how how = {};
  how.flags = flags | O_CLOEXEC;
  how.resolve = resolve;
  std::memcpy(guest_.memory().data() + kStructs, &how, sizeof(how));
  auto got = Virtual(guest_, SYS_openat2,
                     {Descriptor(Dir(path, kView)), guest_.Write(kFirstPath, Text(path, kView)),
                      guest_.AddressOf(kStructs), sizeof(how)});
  if (!got.has_value()) return;
  Note("openat2", path, nullptr, resolve);
  std::string text = Text(path, kKernel);
  int64_t expected = Native(SYS_openat2, {Descriptor(Dir(path, kKernel)), Pointer(text.c_str()),
                                          Pointer(&how), sizeof(how)});
  // Both: EINVAL, whatever the path.
  constexpr uint64_t kEitherOr = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
  if ((resolve & kEitherOr) == kEitherOr) return Check("openat2", path, *got, expected);
  if (*got != expected && (*got < 0 || expected < 0)) Differ("openat2", path, *got, expected);
  if (*got >= 0) guest_.Close(static_cast<int>(*got));
  if (expected >= 0) ::close(static_cast<int>(expected));
}

void TwinTree::OpenDir(const TwinPath& path) {
  int64_t fds[2];
  constexpr uint64_t kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  if (!Both("opendir", SYS_openat, &path, nullptr, {kFlags, 0}, fds)) return;
  dirs_.emplace_back(static_cast<int>(fds[kView]), static_cast<int>(fds[kKernel]));
}

}  // namespace umsdk::fuzz
