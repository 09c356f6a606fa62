// prctl (control calls, dumpability), and mount(8)'s question who it is.
#include <sys/prctl.h>
#include <unistd.h>

#include "sdk/core/admin_control.h"
#include "sdk/core/handlers.h"
#include "sdk/core/mounting.h"
#include "sdk/core/sub_view_control.h"
#include "umsdk/control.h"

namespace umsdk {
namespace {

ErrnoOr<std::string> OptionalPath(Call& call, uint64_t address) {
  if (address == 0) return std::string();
  return call.Path(address);
}

Verdict ControlMountCall(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(ControlMount request, call.Load<ControlMount>(call.arg(2)));
  MountArgs args;
  UMSDK_ASSIGN_OR_VERDICT(args.source, OptionalPath(call, request.source));
  UMSDK_ASSIGN_OR_VERDICT(args.target, OptionalPath(call, request.target));
  UMSDK_ASSIGN_OR_VERDICT(args.type, OptionalPath(call, request.type));
  UMSDK_ASSIGN_OR_VERDICT(args.options, OptionalPath(call, request.options));
  args.flags = request.flags;
  return MountForGuest(call, args).value_or(Verdict::Fail(Errno(ENODEV)));
}

Verdict Control(Call& call) {
  call.MarkHandled();
  switch (static_cast<ControlOperation>(call.arg(1))) {
    case ControlOperation::kPing:
      return Verdict::Return(0);
    case ControlOperation::kEnterSubView:
      return EnterSubView(call);
    case ControlOperation::kLeaveSubView:
      return LeaveSubView(call);
    case ControlOperation::kAdminister:
      return Administer(call);
    case ControlOperation::kMount:
      return ControlMountCall(call);
    case ControlOperation::kUnmount: {
      UMSDK_ASSIGN_OR_VERDICT(ControlUnmount request, call.Load<ControlUnmount>(call.arg(2)));
      UMSDK_ASSIGN_OR_VERDICT(std::string target, OptionalPath(call, request.target));
      return UnmountForGuest(call, target, static_cast<int>(request.flags)).value_or(Verdict::Fail(Errno(EINVAL)));
    }
  }
  return Verdict::Fail(Errno(EINVAL));
}

// A child inherits it by fork, so the nearest ancestor that asked for something tells.
bool IsUndumpable(Call& call) {
  if (call.view().dumpable().empty()) return false;
  constexpr int kMaxDepth = 64;
  pid_t process = call.status().tgid;
  for (int depth = 0; depth < kMaxDepth && process > 1; ++depth) {
    if (std::optional<bool> asked = call.view().dumpable().Get(process)) return !*asked;
    std::optional<GuestStatus> status = ReadGuestStatus(process);
    if (!status.has_value()) return false;
    process = status->parent;
  }
  return false;
}

}  // namespace

// A process that makes itself undumpable would hide its memory from an unprivileged supervisor: it is
// told yes, and what it asked for is remembered.
Verdict HandlePrctl(Call& call) {
  int option = call.int_arg(0);
  if (option == kControlOption) return Control(call);
  if (::geteuid() == 0) return Verdict::Continue();
  if (option == PR_SET_DUMPABLE) {
    uint64_t value = call.arg(1);
    if (value > 1) return Verdict::Fail(Errno(EINVAL));
    call.view().dumpable().Set(call.status().tgid, value != 0);
    return Verdict::Return(0);
  }
  if (option == PR_GET_DUMPABLE && IsUndumpable(call)) return Verdict::Return(0);
  return Verdict::Continue();
}

// mount(8) and umount(8) refuse to work for others than root, although here anybody may mount: they
// are told that they are root.
Verdict HandleGetuid(Call& call) {
  std::string program = ReadProcLink(call.ProcPath("exe"));
  for (const char* name : {"/usr/bin/mount", "/bin/mount", "/usr/bin/umount", "/bin/umount"}) {
    if (program == name) return Verdict::Return(0);
  }
  return Verdict::Continue();
}

}  // namespace umsdk
