#include "sdk/core/admin_control.h"

#include <unistd.h>

#include <string>

#include "sdk/core/control_text.h"

namespace umsdk {

Verdict Administer(Call& call) {
  UMSDK_ASSIGN_OR_VERDICT(ControlText why, call.Load<ControlText>(call.arg(2)));
  const ViewOptions& options = call.view().options();
  if (!options.administer) {
    PutText(call, why, "this view is not administered");
    return Verdict::Fail(Errno(EOPNOTSUPP));
  }
  uid_t uid = call.caller().uid;
  if (uid != ::geteuid() && uid != 0) {
    PutText(call, why, "the view belongs to another user");
    return Verdict::Fail(Errno(EACCES));
  }
  call.trap().WillBlock();  // the library is loaded
  absl::StatusOr<UniqueFd> connection = options.administer(call.shared_layer());
  if (connection.ok()) return call.Install(*connection, true);
  PutText(call, why, std::string(connection.status().message()));
  return Verdict::Fail(Errno(ENOEXEC));
}

}  // namespace umsdk
