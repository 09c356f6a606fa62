#include "sdk/core/routes.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

#include "sdk/core/handlers.h"
#include "sdk/syscall/find_syscall.h"
#include "umsdk/control.h"

namespace umsdk {
namespace {

using When = Route::When;
using Condition = TrapRule::When;
constexpr int kFchmodat2 = 452;  // newer than the distribution's headers

// clang-format off
constexpr Route kRoutes[] = {
    // ---- names ----
    {SYS_open, When::kNames, HandleOpen},
    {SYS_creat, When::kNames, HandleCreat},
    {SYS_openat, When::kNames, HandleOpenat},
    {SYS_openat2, When::kNames, HandleOpenat2},
    {SYS_stat, When::kNames, HandleStat},
    {SYS_lstat, When::kNames, HandleLstat},
    {SYS_newfstatat, When::kNames, HandleNewfstatat},
    {SYS_statx, When::kNames, HandleStatx},
    {SYS_access, When::kNames, HandleAccess},
    {SYS_faccessat, When::kNames, HandleFaccessat},
    {SYS_faccessat2, When::kNames, HandleFaccessat2},
    {SYS_readlink, When::kNames, HandleReadlink},
    {SYS_readlinkat, When::kNames, HandleReadlinkat},
    {SYS_statfs, When::kNames, HandleStatfs},
    {SYS_mkdir, When::kNames, HandleMkdir},
    {SYS_mkdirat, When::kNames, HandleMkdirat},
    {SYS_mknod, When::kNames, HandleMknod},
    {SYS_mknodat, When::kNames, HandleMknodat},
    {SYS_unlink, When::kNames, HandleUnlink},
    {SYS_rmdir, When::kNames, HandleRmdir},
    {SYS_unlinkat, When::kNames, HandleUnlinkat},
    {SYS_symlink, When::kNames, HandleSymlink},
    {SYS_symlinkat, When::kNames, HandleSymlinkat},
    {SYS_rename, When::kNames, HandleRename},
    {SYS_renameat, When::kNames, HandleRenameat},
    {SYS_renameat2, When::kNames, HandleRenameat2},
    {SYS_link, When::kNames, HandleLink},
    {SYS_linkat, When::kNames, HandleLinkat},
    {SYS_chmod, When::kNames, HandleChmod},
    {SYS_fchmodat, When::kNames, HandleFchmodat},
    {kFchmodat2, When::kNames, HandleFchmodat2},
    {SYS_chown, When::kNames, HandleChown},
    {SYS_lchown, When::kNames, HandleLchown},
    {SYS_fchownat, When::kNames, HandleFchownat},
    {SYS_utime, When::kNames, HandleUtime},
    {SYS_utimes, When::kNames, HandleUtimes},
    {SYS_futimesat, When::kNames, HandleFutimesat},
    {SYS_utimensat, When::kNames, HandleUtimensat},
    {SYS_truncate, When::kNames, HandleTruncate},
    {SYS_setxattr, When::kNames, HandleXattr},
    {SYS_lsetxattr, When::kNames, HandleXattr},
    {SYS_getxattr, When::kNames, HandleXattr},
    {SYS_lgetxattr, When::kNames, HandleXattr},
    {SYS_listxattr, When::kNames, HandleXattr},
    {SYS_llistxattr, When::kNames, HandleXattr},
    {SYS_removexattr, When::kNames, HandleXattr},
    {SYS_lremovexattr, When::kNames, HandleXattr},
    {SYS_chdir, When::kNames, HandleChdir},
    {SYS_getcwd, When::kNames, HandleGetcwd},
    {SYS_bind, When::kNames, HandleBind},
    {SYS_connect, When::kNames, HandleConnect},
    {SYS_getsockopt, When::kNames, HandleGetsockopt, Condition::kEqual, 2, SO_PEERCRED},
    {SYS_sendto, When::kNames, HandleSendto, Condition::kNotZero, 4 /* not connected */},
    {SYS_sendmsg, When::kNames, HandleSendmsg},
    {SYS_sendmmsg, When::kNames, HandleSendmmsg},
    {SYS_inotify_add_watch, When::kNames, HandleInotifyAddWatch},
    {SYS_getdents, When::kNames, HandleGetdents},
    {SYS_getdents64, When::kNames, HandleGetdents64},
    // ---- descriptors ----
    {SYS_fstat, When::kObjects, HandleFstat},
    {SYS_fstatfs, When::kObjects, HandleFstatfs},
    {SYS_fchmod, When::kObjects, HandleFchmod},
    {SYS_fchown, When::kObjects, HandleFchown},
    {SYS_fsetxattr, When::kObjects, HandleXattr},
    {SYS_fgetxattr, When::kObjects, HandleXattr},
    {SYS_flistxattr, When::kObjects, HandleXattr},
    {SYS_fremovexattr, When::kObjects, HandleXattr},
    {SYS_fchdir, When::kObjects, HandleFchdir},
    {SYS_read, When::kObjects, HandleRead},
    {SYS_pread64, When::kObjects, HandlePread},
    {SYS_readv, When::kObjects, HandleReadv},
    {SYS_preadv, When::kObjects, HandlePreadv},
    {SYS_preadv2, When::kObjects, HandlePreadv},
    {SYS_write, When::kObjects, HandleWrite},
    {SYS_pwrite64, When::kObjects, HandlePwrite},
    {SYS_writev, When::kObjects, HandleWritev},
    {SYS_pwritev, When::kObjects, HandlePwritev},
    {SYS_pwritev2, When::kObjects, HandlePwritev},
    {SYS_lseek, When::kObjects, HandleLseek, Condition::kNotZero, 1 /* offset */},
    {SYS_lseek, When::kObjects, HandleLseek, Condition::kAtLeast, 2, 3 /* SEEK_DATA */},
    {SYS_ftruncate, When::kObjects, HandleFtruncate},
    {SYS_fallocate, When::kObjects, HandleFallocate},
    {SYS_fsync, When::kObjects, HandleFsync},
    {SYS_fdatasync, When::kObjects, HandleFsync},
    {SYS_syncfs, When::kObjects, HandleSyncfs},
    {SYS_flock, When::kObjects, HandleFlock},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_SETFL},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_GETLK},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_SETLK},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_SETLKW},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_OFD_GETLK},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_OFD_SETLK},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_OFD_SETLKW},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_GET_SEALS},
    {SYS_fcntl, When::kObjects, HandleFcntl, Condition::kEqual, 1, F_ADD_SEALS},
    {SYS_sync, When::kNames, HandleSync},
    {SYS_mmap, When::kObjects, HandleMmap, Condition::kNotEqual, 4, 0xffffffff},
    {SYS_msync, When::kObjects, HandleMsync},
    {SYS_ioctl, When::kObjects, HandleIoctl},
    {SYS_sendfile, When::kObjects, HandleSendfile},
    {SYS_copy_file_range, When::kObjects, HandleCopyFileRange},
    {SYS_splice, When::kObjects, HandleSplice},
    // ---- the view itself ----
    {SYS_execve, When::kAlways, HandleExecve},
    {SYS_execveat, When::kAlways, HandleExecveat},
    {SYS_mount, When::kAlways, HandleMount},
    {SYS_umount2, When::kAlways, HandleUmount2},
    {SYS_chroot, When::kAlways, HandleChroot},
    {SYS_pivot_root, When::kAlways, HandlePivotRoot},
    {SYS_setns, When::kAlways, HandleSetns},
    {SYS_unshare, When::kAlways, HandleUnshare, Condition::kAnyBitOf, 0, CLONE_NEWNS | CLONE_NEWUSER},
    {SYS_clone, When::kAlways, HandleNewRoot, Condition::kAnyBitOf, 0, CLONE_NEWNS},
    {SYS_clone3, When::kAlways, HandleClone3},
    {SYS_prctl, When::kAlways, HandlePrctl, Condition::kEqual, 0, kControlOption},
    {SYS_prctl, When::kAlways, HandlePrctl, Condition::kEqual, 0, PR_SET_DUMPABLE},
    {SYS_prctl, When::kAlways, HandlePrctl, Condition::kEqual, 0, PR_GET_DUMPABLE},
    {SYS_setuid, When::kAlways, HandleNewIdentity},
    {SYS_setgid, When::kAlways, HandleNewIdentity},
    {SYS_setreuid, When::kAlways, HandleNewIdentity},
    {SYS_setregid, When::kAlways, HandleNewIdentity},
    {SYS_setresuid, When::kAlways, HandleNewIdentity},
    {SYS_setresgid, When::kAlways, HandleNewIdentity},
    {SYS_setfsuid, When::kAlways, HandleNewIdentity},
    {SYS_setfsgid, When::kAlways, HandleNewIdentity},
    {SYS_setgroups, When::kAlways, HandleNewIdentity},
    {SYS_capset, When::kAlways, HandleNewIdentity},
    {SYS_getuid, When::kAlways, HandleGetuid},
    {SYS_geteuid, When::kAlways, HandleGetuid},
    {SYS_socket, When::kSockets, HandleSocket},
};

// Nobody of ours handles them: services that are loaded later may claim them. Rare calls.
constexpr int kForLater[] = {SYS_vmsplice, SYS_uname, SYS_sethostname, SYS_setdomainname,
                             SYS_settimeofday, SYS_clock_settime, SYS_adjtimex};

// What would reach files past every handler, or mount past mount(2): callers have another way.
constexpr int kRefused[] = {
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_setup, SYS_io_submit,
    SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr,
    SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_uselib, 457 /* statmount */, 458 /* listmount */,
    463 /* setxattrat */, 464 /* getxattrat */, 465 /* listxattrat */, 466 /* removexattrat */,
    467 /* open_tree_attr */, 468 /* file_getattr */, 469 /* file_setattr */,
};
// clang-format on

// The launch of a command makes these before anybody answers (sdk/engine/launch), or they cannot wait.
constexpr int kNeverTrapped[] = {SYS_close,      SYS_futex,        SYS_exit,
                                 SYS_exit_group, SYS_rt_sigreturn, SYS_restart_syscall};

constexpr auto kIndex = [] {
  std::array<int16_t, ServiceChain::kMaxCalls> index{};
  for (auto& entry : index) entry = -1;
  for (size_t i = 0; i < std::size(kRoutes); ++i) {
    index[static_cast<size_t>(kRoutes[i].number)] = static_cast<int16_t>(i);
  }
  return index;
}();

}  // namespace

const Route* FindRoute(int64_t number) {
  if (number < 0 || number >= static_cast<int64_t>(kIndex.size())) return nullptr;
  int16_t at = kIndex[static_cast<size_t>(number)];
  return at < 0 ? nullptr : &kRoutes[at];
}

std::span<const Route> AllRoutes() { return kRoutes; }

bool CanBeClaimedLater(int64_t number) {
  if (std::ranges::find(kForLater, number) != std::end(kForLater)) return true;
  const Route* route = FindRoute(number);
  return route != nullptr && route->condition == Condition::kAlways;
}

TrapSet PlanTraps(const ServiceChain& chain, bool sealed) {
  bool names = !sealed || chain.claims_paths();
  for (const ServiceChain::Link& link : chain.links()) {
    for (const Claim& claim : link.claims) names = names || claim.kind() == Claim::Kind::kFsType;
  }
  bool sockets = !sealed || chain.claims_sockets();
  TrapSet set;
  for (const Route& route : kRoutes) {
    bool exec = route.number == SYS_execve || route.number == SYS_execveat;
    bool wanted = route.when == When::kSockets ? sockets : names;
    if (wanted || exec) set.traps.push_back({route.number, route.condition, route.arg, route.value});
  }
  for (size_t number = 0; number < chain.calls().size(); ++number) {
    if (!chain.calls().test(number) || FindSyscall(static_cast<int64_t>(number)) == nullptr) continue;
    if (std::ranges::find(kNeverTrapped, static_cast<int>(number)) != std::end(kNeverTrapped)) continue;
    // A service sees the call whatever its arguments.
    set.traps.push_back({static_cast<int>(number), Condition::kAlways, 0, 0});
  }
  for (int number : kForLater) {
    if (!sealed && !chain.ClaimsCall(number)) set.traps.push_back({number, Condition::kAlways, 0, 0});
  }
  if (names) set.refused.assign(std::begin(kRefused), std::end(kRefused));
  set.first_unknown = static_cast<int>(MaxSyscallNumber()) + 1;
  return set;
}

}  // namespace umsdk
