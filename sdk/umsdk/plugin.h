// What a service module (`umview -p ./name.so`) exports:
//
//   extern "C" const umsdk_plugin_info umsdk_plugin = {UMSDK_PLUGIN_ABI, &Create};
//
// The loader reads `abi` before anything else of the module is touched (docs/abi.md).
#ifndef UMSDK_PLUGIN_H_
#define UMSDK_PLUGIN_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "umsdk/service.h"

// Grows whenever a module built against older headers could misbehave.
#define UMSDK_PLUGIN_ABI 1u

extern "C" {
struct umsdk_plugin_info {
  uint32_t abi;
  // `arguments`: the text behind the first comma of `-p name,arguments`.
  absl::StatusOr<std::unique_ptr<umsdk::Service>> (*create)(const std::string& arguments);
};
}

#endif  // UMSDK_PLUGIN_H_
