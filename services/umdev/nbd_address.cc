#include "services/umdev/nbd_address.h"

#include <algorithm>

namespace umsdk::umdev {
namespace {

constexpr char kUnix[] = "unix:";
constexpr char kUsualPort[] = "10809";

bool IsPort(const std::string& text) {
  bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && !text.empty() && text.size() <= 5;
}

}  // namespace

std::optional<NbdAddress> ParseNbdAddress(const std::string& source) {
  NbdAddress address;
  if (source.find("://") != std::string::npos) {
    if (!source.starts_with("nbd")) return std::nullopt;
    address.uri = source;
    return address;
  }
  if (source.starts_with(kUnix)) {
    address.unix_socket = source.substr(sizeof(kUnix) - 1);
    if (!address.unix_socket.starts_with('/')) return std::nullopt;
    return address;
  }
  size_t colon = source.rfind(':');
  bool bracketed = source.starts_with('[');
  if (colon == std::string::npos || (bracketed && source.ends_with(']'))) {
    address.host = source;
    address.port = kUsualPort;
  } else {
    address.host = source.substr(0, colon);
    address.port = source.substr(colon + 1);
  }
  if (bracketed) {
    if (!address.host.ends_with(']')) return std::nullopt;
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  bool good =
      !address.host.empty() && address.host.find('/') == std::string::npos && IsPort(address.port);
  if (!good || address.host == "none") return std::nullopt;
  return address;
}

}  // namespace umsdk::umdev
