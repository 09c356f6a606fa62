// CallWaiting: the Waiting of one trapped call, for methods of file systems and devices.
#ifndef SDK_CORE_CALL_WAITING_H_
#define SDK_CORE_CALL_WAITING_H_

#include "sdk/core/call.h"
#include "sdk/core/deadly_signal.h"
#include "umsdk/waiting.h"

namespace umsdk {

// Lives as long as the call is handled.
class CallWaiting final : public Waiting {
 public:
  explicit CallWaiting(Call& call) : call_(call) {}
  void WillBlock() override {
    if (!told_) call_.trap().WillBlock();
    told_ = true;
  }
  bool Interrupted() override { return call_.trap().Interrupted(); }
  bool Killed() override { return !call_.trap().StillThere() || HasDeadlySignal(call_.tid()); }
  const Caller& caller() override { return call_.identity().caller; }

 private:
  Call& call_;
  bool told_ = false;
};

}  // namespace umsdk

#endif  // SDK_CORE_CALL_WAITING_H_
