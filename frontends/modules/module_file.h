// Service modules: shared objects that export umsdk_plugin (umsdk/plugin.h).
//
// A module is trusted code. It stays in the process for good: a service may be destroyed at any
// time after its last call, and its code must still be there.
#ifndef FRONTENDS_MODULES_MODULE_FILE_H_
#define FRONTENDS_MODULES_MODULE_FILE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "umsdk/service.h"

namespace umsdk::frontends {

// `file`: a path, or a name without a slash that the loader finds (LD_LIBRARY_PATH, ld.so.cache).
// NotFound: there is no such file. Every other error means that it was there and could not be used.
absl::StatusOr<std::unique_ptr<Service>> CreateFromModule(const std::string& file,
                                                          const std::string& arguments);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_MODULES_MODULE_FILE_H_
