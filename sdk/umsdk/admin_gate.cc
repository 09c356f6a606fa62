#include "umsdk/admin_gate.h"

#include <dlfcn.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/base/all_signals_blocked.h"
#include "sdk/base/status_macros.h"
#include "sdk/core/layer_admin.h"

namespace umsdk {
namespace {

// It stays loaded: gRPC's threads outlive any use of it.
absl::StatusOr<const umsdk_admin_library_info*> LoadLibrary() {
  AllSignalsBlocked blocked;  // for the threads that its initializers start
  void* library = ::dlopen(kAdminLibrary, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return absl::UnavailableError(absl::StrCat("cannot load ", ::dlerror()));
  auto* info = static_cast<const umsdk_admin_library_info*>(::dlsym(library, "umsdk_admin_library"));
  if (info == nullptr || info->version != kAdminLibraryVersion)
    return absl::FailedPreconditionError(absl::StrCat(kAdminLibrary, " is of another version; install both anew"));
  return info;
}

}  // namespace

AdminGate::~AdminGate() { Stop(); }

absl::Status AdminGate::NeedLibrary() {
  if (stopped_) return absl::UnavailableError("the view is ending");
  if (library_ != nullptr) return absl::OkStatus();
  UMSDK_ASSIGN_OR_RETURN(library_, LoadLibrary());
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<AdminServer>> AdminGate::ServerOf(const std::shared_ptr<Layer>& layer) {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERROR(NeedLibrary());
  std::erase_if(servers_, [](const auto& entry) { return entry.second.layer.expired(); });
  LayerServer& entry = servers_[layer.get()];
  if (!entry.server) {
    entry.layer = layer;
    entry.server = library_->create(std::make_shared<LayerAdmin>(view_, layer));
  }
  if (!entry.server) return absl::ResourceExhaustedError("gRPC cannot be started");
  return entry.server;
}

absl::StatusOr<UniqueFd> AdminGate::Connect(const std::shared_ptr<Layer>& layer) {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<AdminServer> server, ServerOf(layer));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return absl::ErrnoToStatus(errno, "socketpair");
  UniqueFd theirs(ends[0]);
  server->Serve(UniqueFd(ends[1]));
  return theirs;
}

absl::Status AdminGate::Serve(UniqueFd connection) {
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<AdminServer> server, ServerOf(view_.outermost()));
  server->Serve(std::move(connection));
  return absl::OkStatus();
}

absl::Status AdminGate::Listen(const RemoteAdmin& remote, const AdminReport& report) {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERROR(NeedLibrary());
  std::shared_ptr<Layer> layer = view_.outermost();
  UMSDK_ASSIGN_OR_RETURN(remote_, library_->create_remote(std::make_shared<LayerAdmin>(view_, layer), remote, report));
  return absl::OkStatus();
}

void AdminGate::Stop() {
  std::unordered_map<const Layer*, LayerServer> servers;
  std::shared_ptr<AdminServer> remote;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    servers.swap(servers_);
    remote.swap(remote_);
  }
}

}  // namespace umsdk
