#include "services/umdev/nbd_device.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "services/umdev/nbd_address.h"
#include "services/umdev/nbd_connection.h"
#include "services/umdev/nbd_storage.h"

namespace umsdk::umdev {
namespace {

// May the caller write to the socket, which connecting to it asks for?
bool MayConnect(const Caller& caller, const Attr& attr) {
  if (caller.uid == 0) return true;
  if (attr.uid == caller.uid) return (attr.mode & S_IWUSR) != 0;
  bool in_group = attr.gid == caller.gid || std::find(caller.groups.begin(), caller.groups.end(),
                                                      attr.gid) != caller.groups.end();
  return (attr.mode & (in_group ? S_IWGRP : S_IWOTH)) != 0;
}

// It is we who connect, so the caller's right to it is looked at first.
ErrnoOrOk CheckSocket(const DevicePlan& plan, const std::string& path) {
  std::shared_ptr<HostFiles> files = plan.context.files();
  if (files == nullptr) return Errno(EOPNOTSUPP);
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, files->Stat(plan.context.caller(), path));
  if (!S_ISSOCK(attr.mode)) return Errno(ENOTSOCK);
  return MayConnect(plan.context.caller(), attr) ? ErrnoOrOk() : ErrnoOrOk(Errno(EACCES));
}

}  // namespace

ErrnoOr<MadeDevice> CreateNbdDevice(const DevicePlan& plan) {
  std::optional<NbdAddress> address = ParseNbdAddress(plan.request.source);
  if (!address) return Errno(EINVAL);
  if (!address->unix_socket.empty()) UMSDK_RETURN_IF_ERRNO(CheckSocket(plan, address->unix_socket));
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
