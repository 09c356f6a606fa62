// The tools' side of umsdk/control.h: asking the supervisor from inside its view.
#ifndef FRONTENDS_CONTROL_CONTROL_H_
#define FRONTENDS_CONTROL_CONTROL_H_

#include <string>
#include <vector>

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {

// Whether a supervisor answers our calls.
bool IsInsideView();

// The arguments of mount(2). Empty type or options: NULL.
struct MountArguments {
  std::string source;
  std::string target;
  std::string type;
  unsigned long flags = 0;  // MS_*
  std::string options;
};
ErrnoOrOk MountInView(const MountArguments& mount);

struct ServiceArguments {
  std::string name;
  std::string arguments;
};
// This process and all that it starts from now on are in a sub-view, with the services on top of what
// they saw before. When one cannot be loaded, `error` says why (ENOEXEC).
ErrnoOrOk EnterSubView(const std::vector<ServiceArguments>& services, std::string& error);
// Flushes and unmounts what was mounted in it.
ErrnoOrOk LeaveSubView();

// A connection on which the supervisor speaks gRPC. On failure `error` may say why.
ErrnoOr<UniqueFd> ConnectToSupervisor(std::string& error);

// `flags`: MNT_FORCE, MNT_DETACH.
ErrnoOrOk UnmountInView(const std::string& target, int flags);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_CONTROL_CONTROL_H_
