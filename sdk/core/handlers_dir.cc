// getdents, getdents64, chdir, fchdir, getcwd.
#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "sdk/core/act_as.h"
#include "sdk/core/handlers.h"
#include "sdk/core/opening.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/place.h"
#include "sdk/core/real_root.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/working_dirs.h"

namespace umsdk {
namespace {

constexpr size_t kMaxListing = 1 << 20;  // more than any C library asks for at once, bytes

// Packs entries into the layout of linux_dirent64 or the old linux_dirent.
class DirentWriter {
 public:
  DirentWriter(size_t room, bool old_layout) : room_(room), old_layout_(old_layout) {}

  // False when it does not fit any more.
  bool Add(uint64_t ino, uint64_t next, unsigned char type, const std::string& name) {
    constexpr size_t kNameAt64 = 19, kNameAtOld = 18;
    size_t size = old_layout_ ? kNameAtOld + name.size() + 2 : kNameAt64 + name.size() + 1;
    size = (size + 7) & ~size_t{7};
    if (bytes_.size() + size > room_) return false;
    size_t at = bytes_.size();
    bytes_.resize(at + size, '\0');
    char* out = bytes_.data() + at;
    auto length = static_cast<uint16_t>(size);
    std::memcpy(out, &ino, 8);
    std::memcpy(out + 8, &next, 8);
    std::memcpy(out + 16, &length, 2);
    if (old_layout_) {
      std::memcpy(out + kNameAtOld, name.data(), name.size());
      out[size - 1] = static_cast<char>(type);
    } else {
      out[18] = static_cast<char>(type);
      std::memcpy(out + kNameAt64, name.data(), name.size());
    }
    return true;
  }
  const std::vector<char>& bytes() const { return bytes_; }

 private:
  const size_t room_;
  const bool old_layout_;
  std::vector<char> bytes_;
};

// What is seen there of the real directory that the mount covers.
std::vector<std::string> RealNamesIn(Call& call, const Mount& mount, const std::string& path) {
  std::vector<std::string> names;
  if (!mount.shows_real()) return names;
  RealRoot root(call);
  for (const std::string& part : mount.traits.real_parts) {
    std::string full = JoinPath(mount.target, part);
    if (ParentPath(full) == path && root.Link(full).ok()) names.push_back(full.substr(full.rfind('/') + 1));
  }
  if (!mount.traits.see_through) return names;
  ActAs caller(call.caller());
  ErrnoOr<UniqueFd> fd = root.Open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  DIR* dir = fd.ok() ? ::fdopendir(fd->get()) : nullptr;
  if (dir == nullptr) return names;
  (void)fd->Release();
  while (const dirent* entry = ::readdir(dir)) {
    std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(dir);
  return names;
}

Verdict ListVirtual(Call& call, VirtualDir& dir, bool old_layout) {
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd description, call.trap().TakeFd(call.int_arg(0)));
  off_t offset = ::lseek(description.get(), 0, SEEK_CUR);
  DirentWriter writer(std::min<size_t>(static_cast<unsigned>(call.arg(2)), kMaxListing), old_layout);
  uint64_t next = static_cast<uint64_t>(offset);
  bool more = false;
  auto emit = [&](const DirEntry& entry) {
    more = !writer.Add(entry.ino, entry.next, entry.type, entry.name);
    if (!more) next = entry.next;
    return !more;
  };
  std::vector<std::string> others = call.layer().mounts().NamesIn(dir.path());
  for (std::string& name : RealNamesIn(call, *dir.mount(), dir.path())) others.push_back(std::move(name));
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  UMSDK_VERDICT_IF_ERRNO(dir.List(next, others, emit));
  if (more && writer.bytes().empty()) return Verdict::Fail(Errno(EINVAL));  // the buffer is too small
  UMSDK_VERDICT_IF_ERRNO(call.Put(call.arg(1), writer.bytes().data(), writer.bytes().size()));
  ::lseek(description.get(), static_cast<off_t>(next), SEEK_SET);
  return Verdict::Return(static_cast<int64_t>(writer.bytes().size()));
}

// Names of mounts that the real directory does not have.
std::vector<std::string> LeavesIn(Call& call, const std::string& path) {
  std::vector<std::string> leaves;
  for (const std::string& name : call.layer().mounts().NamesIn(path)) {
    std::string full = (path == "/" ? "" : path) + "/" + name;
    if (::access(full.c_str(), F_OK) != 0) leaves.push_back(name);
  }
  return leaves;
}

// A real directory with mounts of leaves in it. The kernel's entries come first; at its end ours
// follow, and the offset tells which are done.
Verdict ListRealWithLeaves(Call& call, const std::vector<std::string>& leaves, bool old_layout) {
  constexpr off_t kExtra = off_t{1} << 40;  // beyond the kernel's own ends of small directories
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd description, call.trap().TakeFd(call.int_arg(0)));
  size_t room = std::min<size_t>(static_cast<unsigned>(call.arg(2)), kMaxListing);
  std::vector<char> buffer(room);
  long number = old_layout ? SYS_getdents : SYS_getdents64;
  off_t before = ::lseek(description.get(), 0, SEEK_CUR);
  // ext4's own end of a directory is a larger number still.
  bool in_ours = before >= kExtra && before <= kExtra + static_cast<off_t>(leaves.size());
  long size = in_ours ? 0 : ::syscall(number, description.get(), buffer.data(), room);
  if (size < 0) return Verdict::Fail(LastErrno());
  if (size > 0) {
    UMSDK_VERDICT_IF_ERRNO(call.Put(call.arg(1), buffer.data(), static_cast<size_t>(size)));
    return Verdict::Return(size);
  }
  DirentWriter writer(room, old_layout);
  size_t first = in_ours ? static_cast<size_t>(before - kExtra) : 0;
  size_t index = first;
  while (index < leaves.size() && writer.Add(index + 1, static_cast<uint64_t>(kExtra) + index + 1,
                                             DT_UNKNOWN, leaves[index])) {
    ++index;
  }
  UMSDK_VERDICT_IF_ERRNO(call.Put(call.arg(1), writer.bytes().data(), writer.bytes().size()));
  ::lseek(description.get(), kExtra + static_cast<off_t>(index), SEEK_SET);
  return Verdict::Return(static_cast<int64_t>(writer.bytes().size()));
}

Verdict GetDents(Call& call, bool old_layout) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (object) {
    call.MarkHandled();
    if (object->path_only()) return Verdict::Fail(Errno(EBADF));
    if (object->dir() == nullptr) return Verdict::Fail(Errno(ENOTDIR));
    return ListVirtual(call, *object->dir(), old_layout);
  }
  if (call.layer().mounts().empty()) return Verdict::Continue();
  std::string path = ReadProcLink(call.ProcPath("fd/" + std::to_string(call.int_arg(0))));
  std::vector<std::string> leaves = LeavesIn(call, path);
  if (leaves.empty()) return Verdict::Continue();
  call.MarkHandled();
  return ListRealWithLeaves(call, leaves, old_layout);
}

// Only the guest itself can change its working directory: it is made to fchdir to a descriptor.
Verdict EnterDir(Call& call, const UniqueFd& dir) {
  ErrnoOr<int> number = call.trap().InstallFd(dir.get(), true);
  if (!number.ok()) return Verdict::Fail(number.error());
  TrappedCall::GuestCall calls[2];
  calls[0] = {SYS_fchdir, {static_cast<uint64_t>(*number)}};
  calls[1] = {SYS_close, {static_cast<uint64_t>(*number)}};
  ErrnoOrOk done = call.trap().RunAsGuest(calls);
  if (!done.ok()) return Verdict::Fail(done.error());
  return Verdict::Return(calls[0].result);
}

}  // namespace

Verdict HandleGetdents(Call& call) { return GetDents(call, true); }
Verdict HandleGetdents64(Call& call) { return GetDents(call, false); }

Verdict HandleChdir(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(call.arg(0)));
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, AT_FDCWD, path, {}));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.exists) return Verdict::Fail(Errno(ENOENT));
  if (!target.is_virtual()) {
    // Not O_PATH: the kernel hands no such descriptor over.
    UniqueFd dir(::open(target.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return dir.valid() ? EnterDir(call, dir) : Verdict::Fail(LastErrno());
  }
  if (!S_ISDIR(target.attr.mode) || !target.node) return Verdict::Fail(Errno(ENOTDIR));
  UMSDK_VERDICT_IF_ERRNO(CheckAccess(call, *target.mount, target.attr, X_OK));
  if (!target.mount->traits.check_permissions) {
    UMSDK_VERDICT_IF_ERRNO(target.mount->fs->Access(call.identity().caller, target.node->id(), X_OK));
  }
  UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualDir> dir, DirOfTarget(call, target));
  dir->Pin();
  call.view().objects().Add(dir->key(), dir, dir->placeholder());
  NoteWorkingDir(call.view());
  return EnterDir(call, dir->TakePlaceholder());
}

Verdict HandleFchdir(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  if (object->dir() == nullptr) return Verdict::Fail(Errno(ENOTDIR));
  if (object->mount()) {
    UMSDK_ASSIGN_OR_VERDICT(Attr attr, object->Stat());
    UMSDK_VERDICT_IF_ERRNO(CheckAccess(call, *object->mount(), attr, X_OK));
  }
  if (!object->dir()->pinned()) {
    object->dir()->Pin();
    NoteWorkingDir(call.view());
  }
  return Verdict::Continue();
}

Verdict HandleGetcwd(Call& call) {
  std::shared_ptr<OpenObject> object = ObjectAt(call.view(), call.ProcPath("cwd"));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  std::string path = object->path();
  if (path.ends_with(" (deleted)")) return Verdict::Fail(Errno(ENOENT));
  const RealRoot root(call);
  path = PathIsWithin(path, root.root()) ? root.Shown(path) : "(unreachable)" + path;
  if (path.size() + 1 > call.arg(1)) return Verdict::Fail(Errno(ERANGE));
  UMSDK_VERDICT_IF_ERRNO(call.Put(call.arg(0), path.c_str(), path.size() + 1));
  return Verdict::Return(static_cast<int64_t>(path.size() + 1));
}

}  // namespace umsdk
