// VdeLink: a port of a VDE switch (vde_switch(1)), by libvdeplug. The library is loaded when the
// first interface wants it.
#ifndef SERVICES_UMDEV_VDE_LINK_H_
#define SERVICES_UMDEV_VDE_LINK_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sdk/base/errno.h"
#include "services/umdev/ethernet_link.h"

namespace umsdk::umdev {

// The directory of a switch that the source of a mount names: a path, or vde:// and one. nullopt for
// anything else: the other plug-ins of libvdeplug run commands and load code that a guest would choose.
std::optional<std::string> ParseVdeSource(std::string_view source);

// Whether libvdeplug is installed.
bool HasVdeLibrary();

// Takes a port of the switch. May wait for a switch that does not answer, for ever. The error is
// what connecting to it gave.
ErrnoOr<std::unique_ptr<EthernetLink>> OpenVdeLink(const std::string& directory);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_VDE_LINK_H_
