// stat, lstat, fstat, newfstatat, statx, access, faccessat(2), readlink(at), statfs, fstatfs.
#include <fcntl.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>

#include "sdk/core/act_as.h"
#include "sdk/core/chain_context.h"
#include "sdk/core/handlers.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/proc_files.h"
#include "sdk/core/stat_format.h"

namespace umsdk {
namespace {

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

constexpr int kStatFlags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_SYNC_TYPE;

// A path argument with AT_* flags. NULL with AT_EMPTY_PATH is the empty path for calls of `null_ok`.
ErrnoOr<Target> WalkArgs(Call& call, int dirfd, uint64_t address, int flags, bool null_ok) {
  std::string path;
  bool empty_ok = (flags & AT_EMPTY_PATH) != 0;
  if (address != 0 || !empty_ok || !null_ok) {
    UMSDK_ASSIGN_OR_ERRNO(path, call.Path(address));
  }
  if (path.empty() && empty_ok && dirfd != AT_FDCWD) {
    Target target;
    target.object = call.Object(dirfd);
    target.native = !target.object;
    if (target.native) return target;
    UMSDK_ASSIGN_OR_ERRNO(target.attr, target.object->Stat());
    target.path = target.object->path();
    target.mount = target.object->mount();
    target.node = target.object->node();
    target.exists = true;
    return target;
  }
  return WalkPath(call, dirfd, path, {.follow = (flags & AT_SYMLINK_NOFOLLOW) == 0, .empty_ok = empty_ok});
}

// What the services that claim the path say: attributes, an errno, or nothing.
std::optional<ErrnoOr<Attr>> AskServices(Call& call, const std::string& path, bool follow) {
  std::shared_ptr<const ServiceChain> chain = call.layer().chain();
  if (!chain->claims_paths()) return std::nullopt;
  std::optional<ErrnoOr<Attr>> answer;
  // What OnOpen installs is only asked for its attributes.
  auto keep = [&](std::unique_ptr<File> file) -> SyscallResult {
    answer = file->Stat();
    return SyscallResult::Value(0);
  };
  auto ask = [&](Service& service, SyscallContext& ctx) -> SyscallResult {
    answer = service.OnStat(ctx, StatRequest{path, follow});
    if (answer.has_value()) return SyscallResult::Value(0);
    return service.OnOpen(ctx, OpenRequest{path, O_RDONLY, 0});
  };
  ChainContext context(call, chain->ForPath(path), ask, keep);
  SyscallResult result = context.Run();
  if (!result.is_kernel() && !answer.has_value()) answer = Errno(static_cast<int>(-result.ToRegister()));
  if (answer.has_value()) call.MarkHandled();
  return answer;
}

// Where a stat-like call leads: native, real for the guest, or attributes.
struct Looked {
  Target target;
  std::optional<Attr> attr;  // of something virtual
};

ErrnoOr<Looked> Look(Call& call, int dirfd, uint64_t path, int flags, bool null_ok) {
  UMSDK_ASSIGN_OR_ERRNO(Target target, WalkArgs(call, dirfd, path, flags, null_ok));
  Looked looked{target, std::nullopt};
  if (auto answer = AskServices(call, target.path, (flags & AT_SYMLINK_NOFOLLOW) == 0)) {
    if (!answer->ok()) return answer->error();
    looked.attr = **answer;
    looked.target.native = false;
    looked.target.exists = true;
    return looked;
  }
  if (target.native) return looked;
  call.MarkHandled();
  if (!target.exists) return Errno(ENOENT);
  if (!target.is_virtual()) return looked;
  looked.attr = target.attr;
  if (target.attr.atime_old && target.node) {
    UMSDK_ASSIGN_OR_ERRNO(looked.attr, target.node->fs().GetAttr(target.node->id()));
  }
  return looked;
}

Verdict PutStat(Call& call, int dirfd, uint64_t path, int flags, uint64_t out) {
  UMSDK_ASSIGN_OR_VERDICT(Looked looked, Look(call, dirfd, path, flags, true));  // Linux 6.11
  if (looked.target.native) return Verdict::Continue();
  struct stat st;
  if (looked.attr.has_value()) {
    st = ToStat(*looked.attr, looked.target.mount.get(), looked.target.node.get());
  } else {
    ActAs guest(call.identity().caller);
    if (::fstatat(AT_FDCWD, looked.target.path.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      return Verdict::Fail(LastErrno());
    }
  }
  return ToVerdict(call.Store(out, st));
}

Verdict Access(Call& call, int dirfd, uint64_t path, int mode, int flags) {
  constexpr int kKnown = AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
  if ((mode & ~7) != 0 || (flags & ~kKnown) != 0) return Verdict::Fail(Errno(EINVAL));
  if ((flags & AT_EACCESS) == 0) call.UseRealIds();
  UMSDK_ASSIGN_OR_VERDICT(Looked looked, Look(call, dirfd, path, flags, false));
  if (looked.target.native) return Verdict::Continue();
  if (!looked.attr.has_value()) {
    ActAs guest(call.identity().caller);
    int result = ::faccessat(AT_FDCWD, looked.target.path.c_str(), mode, AT_EACCESS);
    return result == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
  }
  const std::shared_ptr<Mount>& mount = looked.target.mount;
  if (!mount) return MayAccess(call.identity(), *looked.attr, mode) ? Verdict::Return(0) : Verdict::Fail(Errno(EACCES));
  UMSDK_VERDICT_IF_ERRNO(CheckAccess(call, *mount, *looked.attr, mode));
  if (mount->traits.check_permissions || !looked.target.node) return Verdict::Return(0);
  return ToVerdict(mount->fs->Access(call.identity().caller, looked.target.node->id(), mode));
}

Verdict ReadLink(Call& call, int dirfd, uint64_t address, uint64_t out, int size) {
  if (size <= 0) return Verdict::Fail(Errno(EINVAL));
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(address));
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, dirfd, path, {.follow = false, .empty_ok = path.empty()}));
  std::string text;
  if (std::optional<std::string> link = VirtualProcLink(call, target.path)) {
    text = *link;
  } else if (target.native) {
    return Verdict::Continue();
  } else if (!target.exists) {
    return Verdict::Fail(Errno(ENOENT));
  } else if (!target.is_virtual()) {
    text = ReadProcLink(target.path);
    if (text.empty()) return Verdict::Fail(LastErrno());
  } else {
    Errno no_link{path.empty() ? ENOENT : EINVAL};
    if (!target.node || !S_ISLNK(target.attr.mode)) return Verdict::Fail(no_link);
    UMSDK_ASSIGN_OR_VERDICT(text, target.node->fs().ReadLink(target.node->id()));
  }
  call.MarkHandled();
  size_t count = std::min(text.size(), static_cast<size_t>(size));
  UMSDK_VERDICT_IF_ERRNO(call.Put(out, text.data(), count));
  return Verdict::Return(static_cast<int64_t>(count));
}

Verdict PutStatfs(Call& call, Mount* mount, uint64_t out) {
  struct statfs result = {};
  result.f_type = kFileSystemMagic;
  if (mount != nullptr && mount->fs) {
    if (!mount->traits.may_block) call.view().objects().Settle();  // what was closed takes no space
    UMSDK_ASSIGN_OR_VERDICT(struct statvfs st, mount->fs->StatFs());
    result.f_bsize = static_cast<long>(st.f_bsize);
    result.f_frsize = static_cast<long>(st.f_frsize);
    result.f_blocks = st.f_blocks;
    result.f_bfree = st.f_bfree;
    result.f_bavail = st.f_bavail;
    result.f_files = st.f_files;
    result.f_ffree = st.f_ffree;
    result.f_namelen = static_cast<long>(st.f_namemax);
    result.f_flags = static_cast<long>(st.f_flag);
  }
  if (mount != nullptr && mount->read_only()) result.f_flags |= ST_RDONLY;
  return ToVerdict(call.Store(out, result));
}

}  // namespace

Verdict HandleStat(Call& call) { return PutStat(call, AT_FDCWD, call.arg(0), 0, call.arg(1)); }
Verdict HandleLstat(Call& call) {
  return PutStat(call, AT_FDCWD, call.arg(0), AT_SYMLINK_NOFOLLOW, call.arg(1));
}

Verdict HandleFstat(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(Attr attr, object->Stat());
  return ToVerdict(call.Store(call.arg(1), ToStat(attr, object->mount().get(), object->node().get())));
}

Verdict HandleNewfstatat(Call& call) {
  int flags = call.int_arg(3);
  if ((flags & ~kStatFlags) != 0) return Verdict::Continue();
  return PutStat(call, call.int_arg(0), call.arg(1), flags, call.arg(2));
}

Verdict HandleStatx(Call& call) {
  int flags = call.int_arg(2);
  if ((static_cast<unsigned>(call.arg(3)) & STATX__RESERVED) != 0) return Verdict::Continue();
  if ((flags & ~kStatFlags) != 0 || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE) {
    return Verdict::Fail(Errno(EINVAL));
  }
  UMSDK_ASSIGN_OR_VERDICT(Looked looked, Look(call, call.int_arg(0), call.arg(1), flags, true));
  if (looked.target.native) return Verdict::Continue();
  struct statx stx = {};
  if (looked.attr.has_value()) {
    bool born = (static_cast<unsigned>(call.arg(3)) & STATX_BTIME) != 0;
    const NodeRef* node = looked.target.node.get();
    if (born && node != nullptr && looked.attr->btime.tv_sec == 0) {
      looked.attr->btime = node->fs().BirthTime(node->id()).value_or(timespec{});
    }
    stx = ToStatx(*looked.attr, looked.target.mount.get(), looked.target.node.get());
  } else {
    ActAs guest(call.identity().caller);
    if (::statx(AT_FDCWD, looked.target.path.c_str(), AT_SYMLINK_NOFOLLOW,
                static_cast<unsigned>(call.arg(3)), &stx) != 0) {
      return Verdict::Fail(LastErrno());
    }
  }
  return ToVerdict(call.Store(call.arg(4), stx));
}

Verdict HandleAccess(Call& call) { return Access(call, AT_FDCWD, call.arg(0), call.int_arg(1), 0); }
Verdict HandleFaccessat(Call& call) {
  return Access(call, call.int_arg(0), call.arg(1), call.int_arg(2), 0);
}
Verdict HandleFaccessat2(Call& call) {
  return Access(call, call.int_arg(0), call.arg(1), call.int_arg(2), call.int_arg(3));
}

Verdict HandleReadlink(Call& call) {
  return ReadLink(call, AT_FDCWD, call.arg(0), call.arg(1), call.int_arg(2));
}
Verdict HandleReadlinkat(Call& call) {
  return ReadLink(call, call.int_arg(0), call.arg(1), call.arg(2), call.int_arg(3));
}

Verdict HandleStatfs(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(Target target, WalkArgs(call, AT_FDCWD, call.arg(0), 0, false));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.exists) return Verdict::Fail(Errno(ENOENT));
  if (target.is_virtual()) return PutStatfs(call, target.mount.get(), call.arg(1));
  struct statfs result;
  if (::statfs(target.path.c_str(), &result) != 0) return Verdict::Fail(LastErrno());
  return ToVerdict(call.Store(call.arg(1), result));
}

Verdict HandleFstatfs(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  call.MarkHandled();
  return PutStatfs(call, object->mount().get(), call.arg(1));
}

}  // namespace umsdk
