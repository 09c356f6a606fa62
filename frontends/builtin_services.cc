#include "frontends/builtin_services.h"

#include "frontends/ramfs_service.h"
#include "services/umdev/umdev_service.h"
#include "services/umfuse/umfuse_service.h"

namespace umsdk::frontends {
namespace {

constexpr BuiltinService kBuiltins[] = {
    {"umdev", &CreateUmdevService},
    {"umfuse", &CreateUmfuseService},
    {"ramfs", &CreateRamfsService},
};

}  // namespace

std::span<const BuiltinService> BuiltinServices() { return kBuiltins; }

}  // namespace umsdk::frontends
