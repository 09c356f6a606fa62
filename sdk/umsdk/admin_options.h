// AdminOptions: who may administer a view besides the host itself (docs/admin.md, docs/remote.md).
#ifndef UMSDK_ADMIN_OPTIONS_H_
#define UMSDK_ADMIN_OPTIONS_H_

#include <map>
#include <optional>
#include <string>

namespace umsdk {

enum class AdminRole {
  kReader,  // sees all and changes nothing
  kOwner,
};

// Those on other machines: TCP with TLS, where each side shows a certificate. There is no way without.
struct RemoteAdmin {
  std::string address;      // "192.0.2.1:7000", "[::1]:7000"; port 0: any, OnEvent tells which
  std::string certificate;  // PEM files: the view's certificate, with those of its issuers
  std::string key;          // of the certificate
  std::string client_ca;    // who has issued the clients' certificates
  std::map<std::string, AdminRole> roles;  // by the common name of a client's certificate; others may nothing
};

struct AdminOptions {
  // Those outside the view too: a Unix socket for this user and root in AdminDirectory (docs/admin.md).
  bool socket = false;
  std::string name;  // of the view, part of the socket's name; may be empty
  // That it cannot be served is an error of Build().
  std::optional<RemoteAdmin> remote;
};

}  // namespace umsdk

#endif  // UMSDK_ADMIN_OPTIONS_H_
