#include "sdk/admin/remote_access.h"

#include <grpcpp/security/server_credentials.h>
#include <string.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "sdk/base/status_macros.h"

namespace umsdk {
namespace {

// Of the certificate that TLS has verified; "" without one.
std::string CommonName(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return "";
  std::vector<grpc::string_ref> names = context.FindPropertyValues("x509_common_name");
  return names.size() == 1 ? std::string(names[0].data(), names[0].size()) : "";
}

absl::StatusOr<std::string> ReadPem(const std::string& path, const char* what) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", what, " ", path, ": ", ::strerror(errno)));
  text << file.rdbuf();
  if (!absl::StrContains(text.str(), "-----BEGIN "))
    return absl::InvalidArgumentError(absl::StrCat(what, " ", path, " is no PEM file"));
  return text.str();
}

}  // namespace

grpc::Status RemoteAccess::Process(const InputMetadata&, grpc::AuthContext* context, OutputMetadata*,
                                   OutputMetadata*) {
  const std::string name = CommonName(*context);
  if (!name.empty() && roles_.contains(name)) return grpc::Status::OK;
  report_(absl::StrCat("administration refused to the certificate of '", name, "'"));
  return grpc::Status(grpc::StatusCode::PERMISSION_DENIED,
                      absl::StrCat("the certificate of '", name, "' has no role in this view"));
}

// Not a property that Process would add: those are the connection's, and would grow with each call.
bool RemoteAccess::IsOwner(const grpc::ServerContext& context) const {
  auto role = roles_.find(CommonName(*context.auth_context()));
  return role != roles_.end() && role->second == AdminRole::kOwner;
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const RemoteAdmin& remote,
                                                                         std::shared_ptr<RemoteAccess> access) {
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  UMSDK_ASSIGN_OR_RETURN(options.pem_root_certs, ReadPem(remote.client_ca, "the clients' CA"));
  grpc::SslServerCredentialsOptions::PemKeyCertPair own;
  UMSDK_ASSIGN_OR_RETURN(own.cert_chain, ReadPem(remote.certificate, "the certificate"));
  UMSDK_ASSIGN_OR_RETURN(own.private_key, ReadPem(remote.key, "the key"));
  options.pem_key_cert_pairs.push_back(std::move(own));
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::SslServerCredentials(options);
  if (!credentials) return absl::InvalidArgumentError("no TLS with these certificates");
  credentials->SetAuthMetadataProcessor(std::move(access));
  return credentials;
}

}  // namespace umsdk
