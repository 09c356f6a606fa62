// SeccompFilter: a TrapSet as the BPF program that the kernel runs at every system call of a guest.
#ifndef SDK_ENGINE_FILTER_SECCOMP_FILTER_H_
#define SDK_ENGINE_FILTER_SECCOMP_FILTER_H_

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "sdk/engine/trap_set.h"

namespace umsdk {

// An immutable value. What the program answers, in this order:
//   another architecture (int 0x80), the x32 bit, a refused or unknown number: ENOSYS
//   a number with a rule that holds: `action` (SECCOMP_RET_USER_NOTIF or SECCOMP_RET_TRACE | data)
//   everything else: the kernel runs it.
// Number -1 passes: a tracer inside the view cancels a call with it, and the kernel does nothing.
class SeccompFilter {
 public:
  SeccompFilter(const TrapSet& traps, uint32_t action);

  const std::vector<sock_filter>& program() const { return program_; }
  // As seccomp(2) wants it; it lives as long as this object.
  sock_fprog Prepared() const {
    return {static_cast<unsigned short>(program_.size()), const_cast<sock_filter*>(program_.data())};
  }

 private:
  std::vector<sock_filter> program_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_FILTER_SECCOMP_FILTER_H_
