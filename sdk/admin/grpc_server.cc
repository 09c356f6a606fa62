// libumsdk-admin.so: a gRPC server without a port of its own, that gets connections handed in.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>

#include <chrono>
#include <memory>
#include <utility>

#include "sdk/admin/admin_service.h"
#include "sdk/base/all_signals_blocked.h"
#include "umsdk/admin_library.h"

namespace umsdk {
namespace {

// A hostile client costs this much at most.
constexpr int kMaxMessage = 1 << 20;  // bytes
constexpr int kMaxStreams = 100;      // a connection
constexpr int kMaxThreads = 32;
constexpr std::chrono::seconds kGrace(1);  // for calls under way when the view ends

class GrpcServer final : public AdminServer {
 public:
  GrpcServer(std::shared_ptr<Administration> view, AdminRole role) : service_(std::move(view), role) {
    AllSignalsBlocked blocked;  // gRPC's threads inherit it
    grpc::ServerBuilder builder;
    grpc::ResourceQuota quota;
    quota.SetMaxThreads(kMaxThreads);
    builder.SetResourceQuota(quota);
    builder.SetMaxReceiveMessageSize(kMaxMessage);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 2);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~GrpcServer() override {
    if (server_) server_->Shutdown(std::chrono::system_clock::now() + kGrace);
  }
  bool good() const { return server_ != nullptr; }

  void Serve(UniqueFd connection) override {
    AllSignalsBlocked blocked;
    grpc::AddInsecureChannelFromFd(server_.get(), connection.Release());
  }

 private:
  AdminService service_;
  std::unique_ptr<grpc::Server> server_;
};

std::unique_ptr<AdminServer> Create(std::shared_ptr<Administration> view, AdminRole role) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto server = std::make_unique<GrpcServer>(std::move(view), role);
  if (!server->good()) return nullptr;
  return server;
}

}  // namespace
}  // namespace umsdk

extern "C" __attribute__((visibility("default"))) const umsdk_admin_library_info umsdk_admin_library = {
    umsdk::kAdminLibraryVersion, &umsdk::Create};
