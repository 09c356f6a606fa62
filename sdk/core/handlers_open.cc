// open, openat, openat2, creat.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "sdk/core/act_as.h"
#include "sdk/core/chain_context.h"
#include "sdk/core/fifo.h"
#include "sdk/core/handlers.h"
#include "sdk/core/naming.h"
#include "sdk/core/opening.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/proc_files.h"
#include "sdk/core/set_id.h"
#include "sdk/core/with_room.h"

namespace umsdk {
namespace {

struct OpenArgs {
  int dirfd = AT_FDCWD;
  uint64_t path = 0;
  int flags = 0;
  mode_t mode = 0;
  uint64_t resolve = 0;
};

// What build_open_how() and build_open_flags() in fs/open.c ignore, and refuse before they look at the path.
ErrnoOr<int> CheckFlags(int flags) {
  constexpr int kWithPath = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  constexpr int kTmpFileBit = O_TMPFILE & ~O_DIRECTORY;
  if ((flags & O_PATH) != 0) return flags & kWithPath;
  if ((flags & O_DIRECTORY) != 0 && (flags & O_CREAT) != 0) return Errno(EINVAL);
  if ((flags & kTmpFileBit) == 0) return flags;
  bool writes = (flags & O_ACCMODE) != O_RDONLY;
  return (flags & O_DIRECTORY) != 0 && writes ? ErrnoOr<int>(flags) : ErrnoOr<int>(Errno(EINVAL));
}

bool Creates(int flags) { return (flags & O_CREAT) != 0; }
bool IsTmpFile(int flags) { return (flags & O_TMPFILE) == O_TMPFILE; }

int AccessMask(int flags) {
  if ((flags & O_PATH) != 0) return 0;
  int mask = 0;
  if ((flags & O_ACCMODE) != O_WRONLY) mask |= R_OK;
  if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) != 0) mask |= W_OK;
  return mask;
}

// Services that claim the path (Claim::Path).
std::optional<Verdict> AskServices(Call& call, const std::string& path, const OpenArgs& args) {
  std::shared_ptr<const ServiceChain> chain = call.layer().chain();
  if (!chain->claims_paths()) return std::nullopt;
  OpenRequest request{path, args.flags, args.mode};
  auto install = [&](std::unique_ptr<File> file) -> SyscallResult {
    ErrnoOr<std::shared_ptr<VirtualFile>> shared = FileOfService(call.view(), std::move(file), path);
    if (!shared.ok()) return shared.error();
    ErrnoOr<UniqueFd> fd = (*shared)->Open(call.caller(), args.flags);
    if (!fd.ok()) return fd.error();
    return SyscallResult::Value(call.Install(*fd, (args.flags & O_CLOEXEC) != 0).value());
  };
  ChainContext context(
      call, chain->ForPath(path),
      [&](Service& service, SyscallContext& ctx) { return service.OnOpen(ctx, request); }, install);
  context.SetFdInstaller([&](UniqueFd fd, std::shared_ptr<NativeFile> file) -> SyscallResult {
    NativeOpen native{std::move(fd), std::move(file)};
    return SyscallResult::Value(InstallNative(call, nullptr, path, std::move(native), args.flags).value());
  });
  return FromChain(call, context.Run());
}

// A real file that the guest's own arguments do not lead to: opened here, with its identity.
Verdict OpenForGuest(Call& call, const Target& target, const OpenArgs& args) {
  int flags = args.flags | O_CLOEXEC | O_NOCTTY;
  const std::string path = target.path + (target.trailing_slash ? "/" : "");
  UniqueFd fd;
  {
    ActAs guest(call.caller());
    fd.Reset(::open(path.c_str(), flags, args.mode & ~call.caller().umask));
  }
  if (!fd.valid()) return Verdict::Fail(LastErrno());
  return call.Install(fd, (args.flags & O_CLOEXEC) != 0);
}

ErrnoOrOk CheckExisting(Call& call, const Target& target, int flags) {
  mode_t mode = target.attr.mode;
  bool named = target.last == Target::Last::kName || target.last == Target::Last::kRoot;
  if (Creates(flags) && target.trailing_slash && named) return Errno(EISDIR);
  if (Creates(flags) && (flags & O_EXCL) != 0) return Errno(EEXIST);
  if (S_ISLNK(mode)) return Errno((flags & O_DIRECTORY) != 0 ? ENOTDIR : ELOOP);
  if (!S_ISDIR(mode) && ((flags & O_DIRECTORY) != 0 || target.trailing_slash)) return Errno(ENOTDIR);
  bool writes = (AccessMask(flags) & W_OK) != 0;
  if (S_ISDIR(mode) && (writes || Creates(flags))) return Errno(EISDIR);
  if (!target.mount) return {};
  UMSDK_RETURN_IF_ERRNO(CheckAccess(call, *target.mount, target.attr, AccessMask(flags)));
  if ((flags & O_NOATIME) != 0) return CheckOwner(call, *target.mount, target.attr);
  return {};
}

// Makes the file that O_CREAT asks for; afterwards the target exists.
ErrnoOrOk CreateMissing(Call& call, Target& target, const OpenArgs& args) {
  if (!Creates(args.flags)) return Errno(ENOENT);
  if (target.trailing_slash) return Errno(EISDIR);
  if (target.name.size() > target.mount->fs->NameMax()) return Errno(ENAMETOOLONG);
  UMSDK_RETURN_IF_ERRNO(CheckCreate(call, *target.mount, target.parent_attr));
  UMSDK_RETURN_IF_ERRNO(RoomForDescriptor(call));
  const mode_t asked = S_IFREG | (args.mode & 07777 & ~call.caller().umask);
  const mode_t mode = ModeOfNew(call, *target.mount, target.parent_attr, asked);
  FileSystem& fs = target.parent->fs();
  ErrnoOr<Created> created = WithSpace(call.view(), [&] {
    return fs.Create(call.caller(), target.parent->id(), target.name, mode, args.flags);
  });
  if (!created.ok() && created.error() == Errno(ENOSYS)) {
    UMSDK_ASSIGN_OR_ERRNO(Entry entry, WithSpace(call.view(), [&] {
      return fs.MakeNode(call.caller(), target.parent->id(), target.name, mode, 0);
    }));
    target.node = std::make_shared<NodeRef>(target.mount, entry.node);
    target.attr = entry.attr;
  } else {
    if (!created.ok()) return created.error();
    target.node = std::make_shared<NodeRef>(target.mount, created->entry.node);
    target.attr = created->entry.attr;
    target.open = created->open;
  }
  target.exists = true;
  NoteCreated(call.view(), target, false);
  return {};
}

ErrnoOrOk CreateNameless(Call& call, Target& target, const OpenArgs& args) {
  if (!target.exists) return Errno(ENOENT);
  if (!S_ISDIR(target.attr.mode)) return Errno(ENOTDIR);
  UMSDK_RETURN_IF_ERRNO(CheckCreate(call, *target.mount, target.attr));
  UMSDK_RETURN_IF_ERRNO(RoomForDescriptor(call));
  const mode_t asked = S_IFREG | (args.mode & 07777 & ~call.caller().umask);
  const mode_t mode = ModeOfNew(call, *target.mount, target.attr, asked);
  FileSystem& fs = target.node->fs();
  ErrnoOr<Created> created = WithSpace(call.view(), [&] {
    return fs.CreateTmpFile(call.caller(), target.node->id(), mode, args.flags);
  });
  if (!created.ok() && created.error() != Errno(ENOSYS)) return created.error();
  if (created.ok()) {
    target.open = created->open;
  } else {
    created = Created{};
    UMSDK_ASSIGN_OR_ERRNO(created->entry, WithSpace(call.view(), [&] {
      return fs.TmpFile(call.caller(), target.node->id(), mode);
    }));
  }
  target.node = std::make_shared<NodeRef>(target.mount, created->entry.node);
  target.attr = created->entry.attr;
  target.path += "/#" + std::to_string(created->entry.node) + " (deleted)";
  return {};
}

Verdict OpenVirtual(Call& call, Target target, const OpenArgs& args) {
  int flags = args.flags;
  if (IsTmpFile(flags)) {
    UMSDK_VERDICT_IF_ERRNO(CreateNameless(call, target, args));
    if ((flags & O_EXCL) != 0) {
      UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualFile> file, FileOfTarget(call, target));
      file->SetNeverNamed();
    }
    return InstallTarget(call, target, flags & ~(O_TMPFILE | O_EXCL | O_TRUNC));
  }
  if (!target.exists) {
    UMSDK_VERDICT_IF_ERRNO(CreateMissing(call, target, args));
    return InstallTarget(call, target, flags & ~O_TRUNC);
  }
  bool link_itself = S_ISLNK(target.attr.mode) && (flags & O_PATH) != 0;
  if (!link_itself) UMSDK_VERDICT_IF_ERRNO(CheckExisting(call, target, flags));
  if (S_ISFIFO(target.attr.mode) && (flags & O_PATH) == 0) return OpenFifo(call, target, flags);
  return InstallTarget(call, target, flags);
}

Verdict Open(Call& call, OpenArgs args) {
  UMSDK_ASSIGN_OR_VERDICT(args.flags, CheckFlags(args.flags));
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(args.path));
  bool follow = (args.flags & O_NOFOLLOW) == 0 && !(Creates(args.flags) && (args.flags & O_EXCL) != 0);
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, args.dirfd, path,
                                                  {.follow = follow,
                                                   .slash_checked = !Creates(args.flags),
                                                   .resolve = args.resolve}));
  if (std::optional<Verdict> answer = AskServices(call, target.path, args)) return *answer;
  if (target.native) {
    if (std::optional<Verdict> answer = OpenProcFile(call, target.path, args.flags)) return *answer;
    return Verdict::Continue();
  }
  call.MarkHandled();
  if (!target.is_virtual()) return OpenForGuest(call, target, args);
  return OpenVirtual(call, std::move(target), args);
}

}  // namespace

Verdict HandleOpen(Call& call) {
  return Open(call, {AT_FDCWD, call.arg(0), call.int_arg(1), static_cast<mode_t>(call.arg(2)), 0});
}

Verdict HandleCreat(Call& call) {
  constexpr int kFlags = O_CREAT | O_WRONLY | O_TRUNC;
  return Open(call, {AT_FDCWD, call.arg(0), kFlags, static_cast<mode_t>(call.arg(1)), 0});
}

Verdict HandleOpenat(Call& call) {
  return Open(call, {call.int_arg(0), call.arg(1), call.int_arg(2), static_cast<mode_t>(call.arg(3)), 0});
}

namespace {

// What build_open_flags() in fs/open.c takes. The rest the kernel refuses before it looks at the path.
bool IsValid(const open_how& how) {
  constexpr uint64_t kKnown = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC |
                              O_ASYNC | O_DIRECT | 0100000 /* O_LARGEFILE */ | O_DIRECTORY | O_NOFOLLOW |
                              O_NOATIME | O_CLOEXEC | O_PATH | O_TMPFILE;
  constexpr uint64_t kWithPath = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  auto flags = static_cast<int>(how.flags);
  if ((how.flags & ~kKnown) != 0 || (how.mode & ~uint64_t{07777}) != 0) return false;
  if (how.mode != 0 && !Creates(flags) && !IsTmpFile(flags)) return false;
  return (flags & O_PATH) == 0 || (how.flags & ~kWithPath) == 0;
}

// The bytes behind the version of the structure that we know must be zero.
bool HasZeroTail(Call& call, uint64_t address, uint64_t size) {
  constexpr uint64_t kPage = 4096;
  if (size < sizeof(open_how) || size > kPage) return false;
  std::string tail(size - sizeof(open_how), '\0');
  if (!call.Get(address + sizeof(open_how), tail.data(), tail.size()).ok()) return false;
  return tail.find_first_not_of('\0') == std::string::npos;
}

}  // namespace

Verdict HandleOpenat2(Call& call) {
  if (!HasZeroTail(call, call.arg(2), call.arg(3))) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(open_how how, call.Load<open_how>(call.arg(2)));
  if (!IsValid(how)) return Verdict::Continue();
  constexpr uint64_t kKnown = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |
                              RESOLVE_BENEATH | RESOLVE_IN_ROOT;
  constexpr uint64_t kBoth = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
  if ((how.resolve & kBoth) == kBoth) return Verdict::Continue();
  // What is virtual is at hand without waiting for a disk, but for what the kernel refuses to try.
  bool changes = (how.flags & (O_TRUNC | O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) != 0;
  if ((how.resolve & RESOLVE_CACHED) != 0 && changes) return Verdict::Continue();
  how.resolve &= ~uint64_t{RESOLVE_CACHED};
  if ((how.resolve & ~kKnown) != 0) return Verdict::Continue();
  return Open(call, {call.int_arg(0), call.arg(1), static_cast<int>(how.flags),
                     static_cast<mode_t>(how.mode), how.resolve});
}

}  // namespace umsdk
