// Administration: what the one who runs a view may do to it while programs run in it. The um_* tools
// and remote administrators come here too, by way of libumsdk-admin.so (docs/admin.md).
#ifndef UMSDK_ADMINISTRATION_H_
#define UMSDK_ADMINISTRATION_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace umsdk {

struct ServiceInfo {
  int position = 0;  // 1 is asked first
  int code = 0;      // 0: it has none
  std::string name;
  std::string description;
  std::vector<std::string> claims;  // "file system umfuse", "path /unreal", "call 63"
  int mounts = 0;                   // of it that are there
};

// Names one service of a chain, by the member that is not 0 or empty. A position past the end is the last.
struct ServiceSelector {
  int position = 0;
  int code = 0;
  std::string name;
};

struct MountInfo {
  std::string source;
  std::string target;
  std::string type;
  std::string options;
};

struct ViewEvent {
  // The numbers are those of umsdk.admin.v1.Event.Kind.
  enum class Kind {
    kServiceAdded = 1,
    kServiceRemoved = 2,
    kServiceMoved = 3,
    kServicesLocked = 4,
    kMounted = 5,
    kUnmounted = 6,
    kNotice = 7,  // a line for the owner of the view (OnEvent)
  };
  Kind kind = Kind::kNotice;
  std::chrono::system_clock::time_point time;
  std::string subject;  // the service's name, the mount's target, the notice
  std::string detail;   // the mount's type; "hidden" of services that were locked so
  uint64_t lost = 0;    // events before this one that came faster than they were asked for
};

// What happens from when it was made. Not thread-safe. It holds up nobody and may outlive the view.
class ViewEvents {
 public:
  virtual ~ViewEvents() = default;
  // Waits for the next one; nullopt: none came in this time.
  virtual std::optional<ViewEvent> Next(std::chrono::milliseconds limit) = 0;
};

// One view, or one sub-view of it. Thread-safe. Errors carry an errno (sdk/base/errno_status.h). Once the
// list of services is hidden everything about services is ENOSYS; once it is locked, changes are refused:
// EFAULT for what would be added, ENOSYS for the rest. ESRCH: the sub-view has ended.
class Administration {
 public:
  virtual ~Administration() = default;

  // In the order in which they are asked.
  virtual absl::StatusOr<std::vector<ServiceInfo>> Services() = 0;
  // Loads `name`, as umview -p does; `position` 1 is the front, 0 and what is past the end the end.
  // EEXIST: it, or another one of its code, is there. EFAULT: it cannot be loaded, or the chain is locked.
  virtual absl::Status LoadService(const std::string& name, const std::string& arguments, int position) = 0;
  // EBUSY: something of it is mounted or open; `force` detaches its mounts.
  virtual absl::Status RemoveService(const ServiceSelector& which, bool force) = 0;
  virtual absl::Status MoveService(const ServiceSelector& which, int position) = 0;
  // No change of the chain any more; `hide`: and nobody sees it. Nothing undoes this.
  virtual absl::Status LockServices(bool hide) = 0;

  virtual absl::StatusOr<std::vector<MountInfo>> Mounts() = 0;  // oldest first
  // As mount(2) and umount2(2) by a guest. `target` must be absolute.
  virtual absl::Status Mount(const MountInfo& mount, unsigned long flags) = 0;
  virtual absl::Status Unmount(const std::string& target, int flags) = 0;

  // Of this view or sub-view; notices are the outermost one's. Services that are hidden change no more.
  virtual absl::StatusOr<std::unique_ptr<ViewEvents>> Events() = 0;
};

}  // namespace umsdk

#endif  // UMSDK_ADMINISTRATION_H_
