// mount, umount2.
#include <limits.h>
#include <sys/mount.h>

#include "sdk/core/handlers.h"
#include "sdk/core/mounting.h"

namespace umsdk {
namespace {

constexpr size_t kMaxOptions = 4096;  // a page, as the kernel's copy_mount_options()

ErrnoOr<std::string> OptionalString(Call& call, uint64_t address, size_t limit) {
  if (address == 0) return std::string();
  return call.String(address, limit, Errno(EINVAL));
}

}  // namespace

Verdict HandleMount(Call& call) {
  MountArgs args;
  UMSDK_ASSIGN_OR_VERDICT(args.type, OptionalString(call, call.arg(2), PATH_MAX));
  UMSDK_ASSIGN_OR_VERDICT(args.source, OptionalString(call, call.arg(0), PATH_MAX));
  UMSDK_ASSIGN_OR_VERDICT(args.target, call.Path(call.arg(1)));
  args.flags = call.arg(3);
  constexpr unsigned long kMagic = 0xC0ED0000, kMagicMask = 0xffff0000;
  if ((args.flags & kMagicMask) == kMagic) args.flags &= ~kMagicMask;
  if (!call.layer().chain()->ForFsType(args.type).empty()) {
    UMSDK_ASSIGN_OR_VERDICT(args.options, OptionalString(call, call.arg(4), kMaxOptions));
  }
  std::optional<Verdict> answer = MountForGuest(call, args);
  return answer.value_or(Verdict::Continue());
}

Verdict HandleUmount2(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(call.arg(0)));
  return UnmountForGuest(call, path, call.int_arg(1)).value_or(Verdict::Continue());
}

}  // namespace umsdk
