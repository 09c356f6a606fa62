#include "services/umdev/nbd_device.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "services/umdev/nbd_address.h"
#include "services/umdev/nbd_connection.h"
#include "services/umdev/nbd_storage.h"
#include "services/umdev/socket_access.h"

namespace umsdk::umdev {

ErrnoOr<MadeDevice> CreateNbdDevice(const DevicePlan& plan) {
  std::optional<NbdAddress> address = ParseNbdAddress(plan.request.source);
  if (!address) return Errno(EINVAL);
  if (!address->unix_socket.empty()) {
    UMSDK_RETURN_IF_ERRNO(CheckSocketAccess(plan.context, address->unix_socket));
  }
  plan.context.WillBlock();
  UMSDK_ASSIGN_OR_ERRNO(
      std::unique_ptr<NbdConnection> connection,
      NbdConnection::Connect(*address, [&] { return plan.context.Interrupted(); }));
  UMSDK_ASSIGN_OR_ERRNO(std::unique_ptr<Storage> storage,
                        NbdStorage::Create(std::move(connection)));
  DiskSettings settings{.geometry = UsualGeometry(storage->size()),
                        .read_only = plan.options.read_only,
                        .partitioned = true};
  return MakeDiskNode(plan, std::make_shared<Disk>(settings, std::move(storage)));
}

}  // namespace umsdk::umdev
