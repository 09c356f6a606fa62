#include "frontends/admin/connect.h"

#include <fcntl.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/grpcpp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontends/admin/remote.h"
#include "frontends/control/control.h"
#include "sdk/base/status_macros.h"
#include "sdk/base/unique_fd.h"
#include "umsdk/admin_directory.h"

namespace umsdk::frontends {
namespace {

std::vector<AdminEntry> Views() {
  absl::StatusOr<AdminDirectory> directory = AdminDirectory::Open(false);
  if (!directory.ok()) return {};
  std::vector<AdminEntry> views = directory->Entries();
  std::erase_if(views, [&](const AdminEntry& view) { return !directory->IsAlive(view.file); });
  return views;
}

// "--view names one: 1234 build, 1300"
std::string Choice() {
  std::string list;
  for (const AdminEntry& view : Views())
    absl::StrAppend(&list, list.empty() ? "" : ", ", view.pid, view.name.empty() ? "" : " ", view.name);
  return list.empty() ? "no view of this user runs" : absl::StrCat("--view names one: ", list);
}

absl::StatusOr<UniqueFd> ConnectTo(const sockaddr_un& address, const std::string& view) {
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    if (errno == ECONNREFUSED) return absl::NotFoundError(absl::StrCat("view ", view, " has ended"));
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot connect to view ", view));
  }
  ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
  return socket;
}

absl::StatusOr<UniqueFd> ConnectByPath(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return absl::InvalidArgumentError(absl::StrCat(path, " is too long"));
  path.copy(address.sun_path, path.size());
  return ConnectTo(address, path);
}

absl::StatusOr<UniqueFd> ConnectByName(const std::string& view) {
  std::vector<AdminEntry> views = Views();
  std::erase_if(views, [&](const AdminEntry& one) { return std::to_string(one.pid) != view && one.name != view; });
  if (views.empty()) return absl::NotFoundError(absl::StrCat("no view ", view, "; ", Choice()));
  if (views.size() > 1) return absl::NotFoundError(absl::StrCat("several views are called ", view, "; ", Choice()));
  UMSDK_ASSIGN_OR_RETURN(AdminDirectory directory, AdminDirectory::Open(false));
  return ConnectTo(directory.AddressOf(views.front().file), view);
}

absl::StatusOr<UniqueFd> ConnectInside() {
  if (!IsInsideView()) return absl::NotFoundError(absl::StrCat("not inside a view; ", Choice()));
  std::string error;
  ErrnoOr<UniqueFd> connection = ConnectToSupervisor(error);
  if (connection.ok()) return *std::move(connection);
  return absl::ErrnoToStatus(static_cast<int>(connection.error()), error.empty() ? "the supervisor refuses" : error);
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminClient>> ConnectToView(const ViewAddress& view) {
  if (!view.target.empty()) {
    UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> channel, RemoteChannel(view.target, view.certificates));
    return admin::v1::Admin::NewStub(channel);
  }
  absl::StatusOr<UniqueFd> connection = view.name.empty()                   ? ConnectInside()
                                        : absl::StrContains(view.name, "/") ? ConnectByPath(view.name)
                                                                            : ConnectByName(view.name);
  if (!connection.ok()) return connection.status();
  return admin::v1::Admin::NewStub(grpc::CreateInsecureChannelFromFd("umview", connection->Release()));
}

}  // namespace umsdk::frontends
