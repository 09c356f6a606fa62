// TreeHelper: a Helper that is a guest tree of its own.
#ifndef SDK_CORE_TREE_HELPER_H_
#define SDK_CORE_TREE_HELPER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "sdk/core/call.h"
#include "umsdk/helper.h"

namespace umsdk {

// Starts `command` as the guest of `call` would: with its identity, working directory, environment.
absl::StatusOr<std::unique_ptr<Helper>> SpawnHelper(Call& call, const HelperCommand& command);

}  // namespace umsdk

#endif  // SDK_CORE_TREE_HELPER_H_
