// chroot, pivot_root, and the calls that may give a guest another mount namespace.
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sdk/core/handlers.h"
#include "sdk/core/opening.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/real_root.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/working_dirs.h"

namespace umsdk {
namespace {

ErrnoOr<uint64_t> RunOne(Call& call, TrappedCall::GuestCall guest_call) {
  UMSDK_RETURN_IF_ERRNO(call.trap().RunAsGuest({&guest_call, 1}));
  constexpr int64_t kLastErrno = 4095;
  if (guest_call.result < 0 && guest_call.result >= -kLastErrno) return Errno(static_cast<int>(-guest_call.result));
  return static_cast<uint64_t>(guest_call.result);
}

// The path "." in the guest's memory.
class DotInGuest {
 public:
  static constexpr uint64_t kSize = 4096;
  explicit DotInGuest(Call& call) : call_(call) {}
  ~DotInGuest() {
    if (address_ != 0) (void)RunOne(call_, {SYS_munmap, {address_, kSize}});
  }
  DotInGuest(const DotInGuest&) = delete;
  DotInGuest& operator=(const DotInGuest&) = delete;

  ErrnoOr<uint64_t> Make() {
    constexpr uint64_t kFlags = MAP_PRIVATE | MAP_ANONYMOUS;
    UMSDK_ASSIGN_OR_ERRNO(
        address_, RunOne(call_, {SYS_mmap, {0, kSize, PROT_READ | PROT_WRITE, kFlags, ~uint64_t{0}, 0}}));
    UMSDK_RETURN_IF_ERRNO(call_.Put(address_, ".", sizeof(".")));
    return address_;
  }

 private:
  Call& call_;
  uint64_t address_ = 0;
};

// Only the guest itself can change its root directory, and no call does it by a descriptor: it goes
// there, takes the place as its root, and comes back.
Verdict MakeRoot(Call& call, const UniqueFd& dir) {
  constexpr uint64_t kHere = static_cast<uint64_t>(AT_FDCWD);
  UMSDK_ASSIGN_OR_VERDICT(int number, call.trap().InstallFd(dir.get(), true));
  const auto root = static_cast<uint64_t>(number);
  DotInGuest memory(call);
  ErrnoOr<uint64_t> dot = memory.Make();
  ErrnoOr<uint64_t> back =
      dot.ok() ? RunOne(call, {SYS_openat, {kHere, *dot, O_PATH | O_DIRECTORY | O_CLOEXEC}}) : dot;
  TrappedCall::GuestCall calls[4] = {{SYS_close, {root}}};
  if (!back.ok()) {
    (void)call.trap().RunAsGuest({calls, 1});
    return Verdict::Fail(back.error());
  }
  TrappedCall::GuestCall enter[2] = {{SYS_fchdir, {root}}, {SYS_chroot, {*dot}}};
  ErrnoOrOk done = call.trap().RunAsGuest({enter, 1});
  if (done.ok() && enter[0].result == 0) done = call.trap().RunAsGuest({enter + 1, 1});
  calls[1] = {SYS_fchdir, {*back}};
  calls[2] = {SYS_close, {*back}};
  (void)call.trap().RunAsGuest({calls, 3});
  if (!done.ok()) return Verdict::Fail(done.error());
  return Verdict::Return(enter[0].result != 0 ? enter[0].result : enter[1].result);
}

Verdict ChrootVirtual(Call& call, const Target& target) {
  if (!target.exists) return Verdict::Fail(Errno(ENOENT));
  if (!S_ISDIR(target.attr.mode) || !target.node) return Verdict::Fail(Errno(ENOTDIR));
  UMSDK_VERDICT_IF_ERRNO(CheckAccess(call, *target.mount, target.attr, X_OK));
  if (!call.status().sys_chroot) return Verdict::Fail(Errno(EPERM));
  UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualDir> dir, DirOfTarget(call, target));
  call.view().SetForeignRoots();
  dir->SetBase(RealRoot(call).base());
  dir->Pin();
  call.view().objects().Add(dir->key(), dir, dir->placeholder());
  NoteWorkingDir(call.view());
  return MakeRoot(call, dir->TakePlaceholder());
}

}  // namespace

Verdict HandleChroot(Call& call) {
  View& view = call.view();
  if (call.layer().has_names() || !view.objects().empty()) {
    UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(call.arg(0)));
    UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, AT_FDCWD, path, {}));
    if (!target.native) call.MarkHandled();
    if (target.is_virtual()) return ChrootVirtual(call, target);
    if (!target.native) {
      UMSDK_ASSIGN_OR_VERDICT(UniqueFd dir, RealRoot(call).Open(target.path, O_RDONLY | O_DIRECTORY));
      view.SetForeignRoots();
      return MakeRoot(call, dir);
    }
  }
  view.SetForeignRoots();
  return Verdict::Continue();
}

// A virtual mount is none of the kernel's, which so cannot exchange roots with it.
Verdict HandlePivotRoot(Call& call) {
  if (call.layer().has_names() || !call.view().objects().empty()) {
    for (int i : {0, 1}) {
      UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(call.arg(i)));
      UMSDK_ASSIGN_OR_VERDICT(Target target, WalkPath(call, AT_FDCWD, path, {}));
      if (target.native) continue;
      call.MarkHandled();
      return Verdict::Fail(Errno(call.status().sys_admin ? EINVAL : EPERM));
    }
  }
  call.view().SetForeignRoots();
  return Verdict::Continue();
}

// setns, and unshare, clone with CLONE_NEWNS: roots must be looked at from now on.
Verdict HandleNewRoot(Call& call) {
  call.view().SetForeignRoots();
  return Verdict::Continue();
}

// CLONE_NEWUSER: with all capabilities there.
Verdict HandleUnshare(Call& call) {
  if ((call.arg(0) & CLONE_NEWNS) != 0) call.view().SetForeignRoots();
  return HandleNewIdentity(call);
}

Verdict HandleSetns(Call& call) {
  call.view().SetForeignRoots();
  return HandleNewIdentity(call);
}

namespace {

// Where ids mean the same as here.
bool InOurUserNamespace(const Call& call) {
  struct stat theirs, ours;
  if (::stat(call.ProcPath("ns/user").c_str(), &theirs) != 0) return false;
  return ::stat("/proc/self/ns/user", &ours) == 0 && theirs.st_ino == ours.st_ino;
}

// Ids that are the supervisor's own make nobody another: make(1) sets its own before each command.
bool SetsOtherIds(Call& call) {
  int count = 0;
  bool users = true;
  switch (call.trap().number()) {
    case SYS_setgid: case SYS_setfsgid: users = false; [[fallthrough]];
    case SYS_setuid: case SYS_setfsuid: count = 1; break;
    case SYS_setregid: users = false; [[fallthrough]];
    case SYS_setreuid: count = 2; break;
    case SYS_setresgid: users = false; [[fallthrough]];
    case SYS_setresuid: count = 3; break;
    default: return true;
  }
  const auto own = static_cast<uint32_t>(users ? ::geteuid() : ::getegid());
  for (int i = 0; i < count; ++i) {
    const auto id = static_cast<uint32_t>(call.arg(i));
    if (id != own && id != UINT32_MAX) return true;
  }
  return !InOurUserNamespace(call);
}

}  // namespace

// The calls of credentials(7), which the kernel carries out when we are done.
Verdict HandleNewIdentity(Call& call) {
  call.view().identities().WillChange(call.tid(), SetsOtherIds(call));
  return Verdict::Continue();
}

Verdict HandleClone3(Call& call) {
  ErrnoOr<uint64_t> flags = call.Load<uint64_t>(call.arg(0));
  if (flags.ok() && (*flags & CLONE_NEWNS) != 0) call.view().SetForeignRoots();
  return Verdict::Continue();
}

}  // namespace umsdk
