// The services that umview brings along.
#ifndef FRONTENDS_BUILTIN_SERVICES_H_
#define FRONTENDS_BUILTIN_SERVICES_H_

#include <span>

#include "frontends/modules/builtin_service.h"

namespace umsdk::frontends {

std::span<const BuiltinService> BuiltinServices();

}  // namespace umsdk::frontends

#endif  // FRONTENDS_BUILTIN_SERVICES_H_
