// Routes: which calls are trapped, when they concern the view at all, and who handles them.
#ifndef SDK_CORE_ROUTES_H_
#define SDK_CORE_ROUTES_H_

#include <span>

#include "sdk/core/call.h"
#include "sdk/core/service_chain.h"
#include "sdk/engine/trap_set.h"

namespace umsdk {

struct Route {
  // When the handler must be asked; else the kernel goes on at once.
  enum class When {
    kNames,    // some path may lead to something virtual
    kObjects,  // some guest may hold a descriptor of ours
    kAlways,
    kSockets,  // a service claims a socket family
  };
  int number;
  When when;
  Verdict (*handle)(Call&);
  // The filter's condition on an argument.
  TrapRule::When condition = TrapRule::When::kAlways;
  int arg = 0;
  uint32_t value = 0;
};

// nullptr when the view has nothing to do with the call.
const Route* FindRoute(int64_t number);
std::span<const Route> AllRoutes();
// Whether every view that is not sealed stops the call, whatever its arguments.
bool CanBeClaimedLater(int64_t number);

// What must stop: all that a service could claim later, or, in a sealed view, what the chain claims.
TrapSet PlanTraps(const ServiceChain& chain, bool sealed);

}  // namespace umsdk

#endif  // SDK_CORE_ROUTES_H_
