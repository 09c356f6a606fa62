// libumsdk-admin.so: gRPC servers: one without a port of its own, that gets connections handed in, and one
// that listens for remote clients, with TLS.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/admin/admin_service.h"
#include "sdk/admin/remote_access.h"
#include "sdk/base/all_signals_blocked.h"
#include "sdk/base/status_macros.h"
#include "umsdk/admin_library.h"

namespace umsdk {
namespace {

// A hostile client costs this much at most.
constexpr int kMaxMessage = 1 << 20;  // bytes
constexpr int kMaxStreams = 8;         // a connection: more wait at the client
constexpr int kMaxThreads = 128;      // made when they are needed; so many clients may call at a time
constexpr std::chrono::seconds kGrace(1);  // for calls under way when the view ends

constexpr int kHandshakeMs = 10000;   // for a client that connects and says nothing
constexpr int kKeepaliveMs = 30000;   // after so much silence a remote client is asked whether it is there

class GrpcServer final : public AdminServer {
 public:
  GrpcServer(std::shared_ptr<Administration> view, std::shared_ptr<const RemoteAccess> remote)
      : service_(std::move(view), std::move(remote)) {}
  ~GrpcServer() override {
    service_.End();
    if (server_) server_->Shutdown(std::chrono::system_clock::now() + kGrace);
  }

  // False: it cannot be started. `port` is the one found, 0 without `credentials`.
  bool Start(const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials, int& port) {
    AllSignalsBlocked blocked;  // gRPC's threads inherit it
    grpc::ServerBuilder builder;
    grpc::ResourceQuota quota;
    quota.SetMaxThreads(kMaxThreads);
    builder.SetResourceQuota(quota);
    builder.SetMaxReceiveMessageSize(kMaxMessage);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // two views on one port would take turns
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
    if (credentials) builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 2);
    builder.RegisterService(&service_);
    if (credentials) builder.AddListeningPort(address, credentials, &port);
    server_ = builder.BuildAndStart();
    return server_ != nullptr && (!credentials || port != 0);
  }

  void Serve(UniqueFd connection) override {
    AllSignalsBlocked blocked;
    grpc::AddInsecureChannelFromFd(server_.get(), connection.Release());
  }

 private:
  AdminService service_;
  std::unique_ptr<grpc::Server> server_;
};

void EnableExtras() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
}

std::unique_ptr<AdminServer> Create(std::shared_ptr<Administration> view) {
  EnableExtras();
  auto server = std::make_unique<GrpcServer>(std::move(view), nullptr);
  int port = 0;
  if (!server->Start("", nullptr, port)) return nullptr;
  return server;
}

absl::StatusOr<std::unique_ptr<AdminServer>> CreateRemote(std::shared_ptr<Administration> view,
                                                          const RemoteAdmin& remote, const AdminReport& report) {
  EnableExtras();
  auto access = std::make_shared<RemoteAccess>(remote.roles, report);
  UMSDK_ASSIGN_OR_RETURN(std::shared_ptr<grpc::ServerCredentials> credentials, MakeCredentials(remote, access));
  auto server = std::make_unique<GrpcServer>(std::move(view), access);
  int port = 0;
  if (!server->Start(remote.address, credentials, port))
    return absl::UnavailableError(absl::StrCat("cannot listen at ", remote.address, ": it is taken or not this ",
                                               "machine's, or ", remote.key, " is not the key of ",
                                               remote.certificate));
  const std::string host = remote.address.substr(0, remote.address.rfind(':'));
  report(absl::StrCat("administration: listening at ", host, ":", port));
  return server;
}

}  // namespace
}  // namespace umsdk

extern "C" __attribute__((visibility("default"))) const umsdk_admin_library_info umsdk_admin_library = {
    umsdk::kAdminLibraryVersion, &umsdk::Create, &umsdk::CreateRemote};
