// Loading a service into a view that runs, by the loader that its owner gave it (WithServiceLoader).
#ifndef SDK_CORE_LOAD_SERVICE_H_
#define SDK_CORE_LOAD_SERVICE_H_

#include <string>

#include "absl/status/status.h"
#include "sdk/core/view.h"

namespace umsdk {

struct ServiceToLoad {
  std::string name;
  std::string arguments;
};

// `caught`: the chain whose claims the guests' filters know. The error carries an errno: ENOEXEC when it
// is not the layer that refuses.
absl::Status LoadServiceInto(View& view, Layer& layer, const ServiceChain& caught, const ServiceToLoad& what,
                             int position);

}  // namespace umsdk

#endif  // SDK_CORE_LOAD_SERVICE_H_
