// GuestScratch: a little memory of a guest thread, for the arguments of injected calls.
#ifndef SDK_ENGINE_PTRACE_GUEST_SCRATCH_H_
#define SDK_ENGINE_PTRACE_GUEST_SCRATCH_H_

#include <cstdint>

#include "sdk/engine/ptrace/guest_memory.h"
#include "sdk/engine/ptrace/injection.h"

namespace umsdk {

// Below the red zone of the thread's stack, where a signal frame might lie: saved and put back. Where
// the stack has no room (it would first have to grow), a page that is mapped for the purpose.
class GuestScratch {
 public:
  static constexpr size_t kSize = 128;

  GuestScratch(Injection& injection, GuestMemory& memory);
  ~GuestScratch();
  GuestScratch(const GuestScratch&) = delete;
  GuestScratch& operator=(const GuestScratch&) = delete;

  bool valid() const { return address_ != 0; }
  uint64_t address() const { return address_; }

 private:
  Injection& injection_;
  GuestMemory& memory_;
  uint64_t address_ = 0;
  bool mapped_ = false;
  char saved_[kSize];
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_GUEST_SCRATCH_H_
