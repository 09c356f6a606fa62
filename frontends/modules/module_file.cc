#include "frontends/modules/module_file.h"

#include <dlfcn.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "umsdk/plugin.h"

namespace umsdk::frontends {
namespace {

// Whether dlopen failed because the file itself is not there, not one that it needs.
bool IsMissing(const std::string& file, const std::string& error) {
  if (file.find('/') != std::string::npos) return ::access(file.c_str(), F_OK) != 0;
  return absl::StartsWith(error, absl::StrCat(file, ": cannot open shared object file: No such"));
}

std::string TakeLoaderError() {
  const char* error = ::dlerror();
  return error != nullptr ? error : "unknown error of the loader";
}

}  // namespace

absl::StatusOr<std::unique_ptr<Service>> CreateFromModule(const std::string& file,
                                                          const std::string& arguments) {
  // umview has the SDK in itself. A module wants the library by its name, and may not know where it
  // is: loaded from here it is looked for beside umview. Its symbols are umview's own.
  ::dlopen("libumsdk.so.1", RTLD_LAZY | RTLD_LOCAL);
  // Lazily: what a module of another ABI lacks must not hide that it is of another ABI.
  void* module = ::dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (module == nullptr) {
    std::string error = TakeLoaderError();
    if (IsMissing(file, error)) return absl::NotFoundError(absl::StrCat("no file ", file));
    return absl::FailedPreconditionError(absl::StrCat("cannot load ", error));
  }
  auto* info = static_cast<const umsdk_plugin_info*>(::dlsym(module, "umsdk_plugin"));
  if (info == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(file, " is not a service module: it has no symbol umsdk_plugin"));
  }
  if (info->abi != UMSDK_PLUGIN_ABI) {
    return absl::FailedPreconditionError(absl::StrCat(file, " was built for plug-in ABI ",
                                                      info->abi, ", this is ABI ", UMSDK_PLUGIN_ABI,
                                                      ": build it again with these headers"));
  }
  absl::StatusOr<std::unique_ptr<Service>> service = info->create(arguments);
  if (service.ok() && *service == nullptr) {
    return absl::InternalError(absl::StrCat(file, " created no service"));
  }
  return service;
}

}  // namespace umsdk::frontends
