// RemoteAccess: who of those with a certificate may come in, and what he may do.
#ifndef SDK_ADMIN_REMOTE_ACCESS_H_
#define SDK_ADMIN_REMOTE_ACCESS_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "umsdk/admin_options.h"

namespace umsdk {

// Asked by gRPC for each call of a connection, health checks and reflection included. Thread-safe: what it
// has is constant.
class RemoteAccess final : public grpc::AuthMetadataProcessor {
 public:
  using Report = std::function<void(const std::string& line)>;
  RemoteAccess(std::map<std::string, AdminRole> roles, Report report)
      : roles_(std::move(roles)), report_(std::move(report)) {}

  bool IsBlocking() const override { return false; }
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* context, OutputMetadata* consumed,
                       OutputMetadata* response) override;

  // Whether it is an owner who makes a call.
  bool IsOwner(const grpc::ServerContext& context) const;

 private:
  const std::map<std::string, AdminRole> roles_;
  const Report report_;
};

// TLS as `remote` says, with `access` behind it. Errors name the file.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const RemoteAdmin& remote,
                                                                         std::shared_ptr<RemoteAccess> access);

}  // namespace umsdk

#endif  // SDK_ADMIN_REMOTE_ACCESS_H_
