// Call: one trapped call on its way through the view, with what handlers need to decode and answer it.
#ifndef SDK_CORE_CALL_H_
#define SDK_CORE_CALL_H_

#include <limits.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sdk/core/guest_info.h"
#include "sdk/core/layer.h"
#include "sdk/core/view.h"
#include "sdk/engine/engine.h"

namespace umsdk {

// Lives for one call on one thread.
class Call {
 public:
  Call(View& view, TrappedCall& trap) : view_(view), trap_(trap) {}
  // A service's own access for `who`: it sees the mounts of `layer` that are older than the epoch `before`.
  Call(View& view, TrappedCall& trap, std::shared_ptr<Layer> layer, uint64_t before, GuestStatus who)
      : view_(view), trap_(trap), layer_(std::move(layer)), before_(before), status_(std::move(who)) {}

  View& view() { return view_; }
  // What this guest sees: the view's, or that of the sub-view that it runs in.
  Layer& layer() { return *shared_layer(); }
  const std::shared_ptr<Layer>& shared_layer() {
    if (!layer_) layer_ = view_.LayerOf(tid());
    return layer_;
  }
  std::shared_ptr<Mount> MountAt(std::string_view path, const Mount* parent) {
    return layer().mounts().At(path, parent, before_);
  }
  TrappedCall& trap() { return trap_; }
  pid_t tid() const { return trap_.tid(); }
  uint64_t arg(int i) const { return trap_.arg(i); }
  int int_arg(int i) const { return static_cast<int>(trap_.arg(i)); }

  // The path at `address`: EFAULT, ENAMETOOLONG as the kernel's getname().
  ErrnoOr<std::string> Path(uint64_t address) { return String(address, PATH_MAX, Errno(ENAMETOOLONG)); }
  // A string of less than `limit` bytes; `too_long` otherwise.
  ErrnoOr<std::string> String(uint64_t address, size_t limit, Errno too_long);
  ErrnoOrOk Get(uint64_t address, void* out, size_t size);
  ErrnoOrOk Put(uint64_t address, const void* bytes, size_t size);
  template <typename T>
  ErrnoOr<T> Load(uint64_t address) {
    T value;
    UMSDK_RETURN_IF_ERRNO(Get(address, &value, sizeof(value)));
    return value;
  }
  template <typename T>
  ErrnoOrOk Store(uint64_t address, const T& value) {
    return Put(address, &value, sizeof(value));
  }

  // The guest's identity, asked from the kernel once.
  const GuestStatus& status();
  const Caller& caller() { return status().caller; }
  // The same without what Identities leave out (umask, tracer, parent), at a fraction of the cost.
  const GuestStatus& identity();
  // From now on identity() is what access(2) asks for. Before anything else is asked of the guest.
  void UseRealIds();

  // What the guest's descriptor stands for; nullptr when it is nothing of ours.
  std::shared_ptr<OpenObject> Object(int fd);
  // Opens /proc/TID/... for reading names: "/proc/TID/fd/N", "/proc/TID/cwd".
  std::string ProcPath(const std::string& name) const;

  // Hands `fd` to the guest as the result of an open: the new number, or an errno.
  Verdict Install(const UniqueFd& fd, bool close_on_exec);

  // The call was seen by a service or refused: worth a line of the trace.
  void MarkHandled() { handled_ = true; }
  bool handled() const { return handled_; }

 private:
  View& view_;
  TrappedCall& trap_;
  std::shared_ptr<Layer> layer_;
  uint64_t before_ = UINT64_MAX;
  std::optional<GuestStatus> status_;
  std::shared_ptr<const GuestStatus> identity_;
  bool handled_ = false;
};

// `object` of a kernel object that the guest can name by this path of /proc.
std::shared_ptr<OpenObject> ObjectAt(View& view, const std::string& proc_path);

inline Verdict ToVerdict(const ErrnoOrOk& result) {
  return result.ok() ? Verdict::Return(0) : Verdict::Fail(result.error());
}

}  // namespace umsdk

// Answers the call with the errno of `expr` when it failed.
#define UMSDK_VERDICT_IF_ERRNO(expr)                          \
  do {                                                        \
    if (auto umsdk_result = (expr); !umsdk_result.ok()) {     \
      return Verdict::Fail(umsdk_result.error());             \
    }                                                         \
  } while (false)
#define UMSDK_ASSIGN_OR_VERDICT_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                                 \
  if (!tmp.ok()) return Verdict::Fail(tmp.error());  \
  lhs = *std::move(tmp)
#define UMSDK_ASSIGN_OR_VERDICT(lhs, expr) \
  UMSDK_ASSIGN_OR_VERDICT_IMPL(UMSDK_ERRNO_CONCAT(umsdk_or_verdict_, __LINE__), lhs, expr)

#endif  // SDK_CORE_CALL_H_
