// SyscallResult: how handling a call ended. Two ways to end badly, kept apart:
//   Errno         the guest asked for something impossible; it sees -errno.
//   absl::Status  we failed; the event sink hears of it and the guest sees EIO.
#ifndef UMSDK_RESULT_H_
#define UMSDK_RESULT_H_

#include <cstdint>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "sdk/base/errno.h"

namespace umsdk {

// Value type. Implicit from Errno and Status, so that a handler reads `return Errno(ENOENT);`.
class [[nodiscard]] SyscallResult {
 public:
  static SyscallResult Value(int64_t value) { return SyscallResult(value); }
  // The kernel runs the call when the handler has returned; nobody here learns its result.
  static SyscallResult Kernel() { return SyscallResult(KernelTag{}); }
  SyscallResult(Errno error) : state_(error) {}                        // NOLINT
  SyscallResult(absl::Status failure) : state_(std::move(failure)) {}  // NOLINT

  bool is_kernel() const { return std::holds_alternative<KernelTag>(state_); }
  const absl::Status* failure() const { return std::get_if<absl::Status>(&state_); }
  // What goes into the result register. Not for is_kernel().
  int64_t ToRegister() const {
    if (auto* value = std::get_if<int64_t>(&state_)) return *value;
    if (auto* error = std::get_if<Errno>(&state_)) return -static_cast<int64_t>(*error);
    return -EIO;
  }

 private:
  struct KernelTag {};
  explicit SyscallResult(int64_t value) : state_(value) {}
  explicit SyscallResult(KernelTag tag) : state_(tag) {}
  std::variant<int64_t, Errno, absl::Status, KernelTag> state_;
};

}  // namespace umsdk

#endif  // UMSDK_RESULT_H_
