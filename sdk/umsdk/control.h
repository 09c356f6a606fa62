// How a tool inside a view talks to its supervisor: prctl(kControlOption, operation, address, 0, 0).
// Outside a view the kernel answers EINVAL, so a tool can tell where it is.
#ifndef UMSDK_CONTROL_H_
#define UMSDK_CONTROL_H_

#include <cstdint>

namespace umsdk {

inline constexpr int kControlOption = 0x554d5344;  // "UMSD"

enum class ControlOperation : uint64_t {
  kPing = 1,     // 0 inside a view
  kMount = 2,    // address: ControlMount; as mount(2)
  kUnmount = 3,  // address: ControlUnmount; as umount2(2)
  // The calling process, which must be a subreaper, and all that it starts get a copy of the view that
  // it has now, with the services on top. address: ControlSubView. ENOEXEC: `error` says why not.
  kEnterSubView = 4,
  kLeaveSubView = 5,  // flushes and unmounts it; the process's children should have ended
  // A new descriptor, close-on-exec: a connected stream socket on which the supervisor speaks gRPC
  // (umsdk.admin.v1). For the user of the supervisor, and root. address: ControlText, for why not.
  kAdminister = 6,
};

// Addresses of NUL-terminated strings in the caller, 0 for NULL.
struct ControlMount {
  uint64_t source, target, type, flags, options;
};
struct ControlUnmount {
  uint64_t target, flags;
};
struct ControlService {
  uint64_t name, arguments;
};
struct ControlSubView {
  uint64_t services, count;  // address of ControlService[count]; the first is asked first
  uint64_t error, error_size;
};

// Where the supervisor puts the reason of a failure.
struct ControlText {
  uint64_t text, size;
};

}  // namespace umsdk

#endif  // UMSDK_CONTROL_H_
