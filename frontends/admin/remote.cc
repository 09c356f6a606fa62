#include "frontends/admin/remote.h"

#include <string.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "proto/umsdk/admin/v1/admin.grpc.pb.h"
#include "sdk/base/status_macros.h"

namespace umsdk::frontends {
namespace {

constexpr std::chrono::seconds kPatience(10);

std::string Directory(const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  if (const char* directory = std::getenv("UMVIEW_CERTIFICATES")) return directory;
  const char* home = std::getenv("HOME");
  return absl::StrCat(home != nullptr ? home : "", "/.config/umview");
}

absl::StatusOr<std::string> Read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file)
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read ", path, ": ", ::strerror(errno), "; --certificates names its directory"));
  text << file.rdbuf();
  return text.str();
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> RemoteChannel(const std::string& target,
                                                             const std::string& certificates) {
  const std::string directory = Directory(certificates);
  ::setenv("GRPC_VERBOSITY", "NONE", 0);  // it would write what the status says once more
  grpc::SslCredentialsOptions options;
  UMSDK_ASSIGN_OR_RETURN(options.pem_root_certs, Read(directory + "/ca.pem"));
  UMSDK_ASSIGN_OR_RETURN(options.pem_cert_chain, Read(directory + "/client.pem"));
  UMSDK_ASSIGN_OR_RETURN(options.pem_private_key, Read(directory + "/client.key"));
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(target, grpc::SslCredentials(options), arguments);
  // The first call tells more of what is wrong than the channel does.
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  admin::v1::ListMountsResponse mounts;
  grpc::Status status = admin::v1::Admin::NewStub(channel)->ListMounts(&context, {}, &mounts);
  if (status.ok()) return channel;
  if (status.error_code() == grpc::StatusCode::PERMISSION_DENIED) return absl::PermissionDeniedError(status.error_message());
  return absl::UnavailableError(absl::StrCat("no way to ", target, ", or it does not take ", directory,
                                             "/client.pem: ", status.error_message()));
}

}  // namespace umsdk::frontends
