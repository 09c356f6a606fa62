// The source of a umdevnbd mount: where its server is.
#ifndef SERVICES_UMDEV_NBD_ADDRESS_H_
#define SERVICES_UMDEV_NBD_ADDRESS_H_

#include <optional>
#include <string>

#include "services/umdev/nbd_connection.h"

namespace umsdk::umdev {

// `unix:PATH` (absolute), `HOST:PORT`, `[IPV6]:PORT`, `HOST` (port 10809), or an NBD URI.
// nullopt: none of these.
std::optional<NbdAddress> ParseNbdAddress(const std::string& source);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_NBD_ADDRESS_H_
