// ScriptedEngine: a guest written as a C++ function, so that a service is tested without processes.
//
//   auto supervisor = Supervisor::Builder()
//       .WithEngine(std::make_unique<ScriptedEngine>([](ScriptedGuest& guest) {
//         int64_t fd = guest.Syscall(SYS_openat, AT_FDCWD, "/etc/motd", O_RDONLY);
//         return fd >= 0 ? 0 : 1;
//       }))
//       .AddService(...).Build();
//
// The guest is this very thread: its descriptors and its memory are the test's own. A call that the
// view lets continue is made for real.
#ifndef SDK_TESTING_SCRIPTED_ENGINE_H_
#define SDK_TESTING_SCRIPTED_ENGINE_H_

#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "sdk/engine/engine.h"

namespace umsdk::testing {

// Not thread-safe: one script, one thread.
class ScriptedGuest {
 public:
  explicit ScriptedGuest(CallHandler& handler) : handler_(handler) {}

  // Makes a system call through the view: its value, or -errno.
  template <typename... Args>
  int64_t Syscall(int64_t number, Args... args) {
    return Make(number, {ToRaw(args)...});
  }
  // For a test that brings calls of its own making.
  CallHandler& handler() { return handler_; }
  // How many calls went on to the kernel.
  int native_calls() const { return native_calls_; }

 private:
  template <typename T>
  static uint64_t ToRaw([[maybe_unused]] T value) {
    if constexpr (std::is_null_pointer_v<T>) {
      return 0;
    } else if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<uint64_t>(value);
    } else {
      return static_cast<uint64_t>(static_cast<int64_t>(value));
    }
  }
  int64_t Make(int64_t number, const std::array<uint64_t, 6>& args);

  CallHandler& handler_;
  int native_calls_ = 0;
};

class ScriptedEngine final : public Engine {
 public:
  // `script` returns the exit code of the guest.
  using Script = std::function<int(ScriptedGuest&)>;
  explicit ScriptedEngine(Script script) : script_(std::move(script)) {}
  const char* name() const override { return "scripted"; }
  absl::StatusOr<std::unique_ptr<GuestTree>> Launch(const LaunchSpec& spec, const TrapSet& traps,
                                                    CallHandler& handler) override;

 private:
  const Script script_;
};

}  // namespace umsdk::testing

#endif  // SDK_TESTING_SCRIPTED_ENGINE_H_
