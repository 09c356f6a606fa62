// For the tests of this engine: guests are functions of the test program, which executes itself.
#ifndef SDK_ENGINE_PTRACE_ENGINE_TEST_UTIL_H_
#define SDK_ENGINE_PTRACE_ENGINE_TEST_UTIL_H_

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sdk/engine/engine.h"
#include "sdk/engine/ptrace/ptrace_engine.h"

namespace umsdk {

// GUEST(Name) { ... } defines a function that runs as a guest; what it returns is its exit code.
#define GUEST(name)                                                  \
  int Guest##name();                                                 \
  const bool guest_##name##_known = AddGuest(#name, &Guest##name);   \
  int Guest##name()
bool AddGuest(const char* name, int (*main)());

// How guests talk to the test's handler: a call without arguments, given some.
inline constexpr long kAsk = SYS_getpgrp;
inline long Ask(long a = 0, long b = 0, long c = 0, long d = 0) {
  return ::syscall(kAsk, a, b, c, d);
}

class FunctionHandler final : public CallHandler {
 public:
  using Function = std::function<Verdict(TrappedCall&)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  Verdict Handle(TrappedCall& call) override { return function_(call); }

 private:
  const Function function_;
};

// The test runs once in each mode of the engine.
class PtraceEngineTest : public testing::TestWithParam<PtraceEngine::Options> {
 protected:
  static LaunchSpec Self(const std::string& guest);
  // Traps kAsk and `more`.
  static TrapSet Traps(std::vector<TrapRule> more = {});
  // Fails the test when the launch does.
  std::unique_ptr<GuestTree> Launch(const std::string& guest, CallHandler& handler,
                                    const TrapSet& traps = Traps());
  // To its end; the wait status.
  int Run(const std::string& guest, FunctionHandler::Function handler,
          const TrapSet& traps = Traps());
  // The status of kExited; others before it are skipped.
  static int AwaitExit(GuestTree& tree);
};

#define INSTANTIATE_ENGINE_MODES(fixture)                                                  \
  INSTANTIATE_TEST_SUITE_P(                                                                \
      Modes, fixture,                                                                      \
      testing::Values(PtraceEngine::Options{true, true}, PtraceEngine::Options{false, true}, \
                      PtraceEngine::Options{false, false}),                                \
      [](const auto& info) {                                                               \
        if (info.param.seccomp_trace) return "OneStop";                                    \
        return info.param.vectored_memory ? "TwoStops" : "Plain";                          \
      })

// A pipe that the guest inherits: a byte from it, without sleeping.
class TestPipe {
 public:
  TestPipe();
  int read_fd() const { return ends_[0]; }
  int write_fd() const { return ends_[1]; }
  char Read() const;  // 0 at the end
  void Write(char byte) const;
  void CloseWriteEnd();
  ~TestPipe();

 private:
  int ends_[2];
};

// The wait status of an exit with `code`.
constexpr int Exited(int code) { return code << 8; }

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_ENGINE_TEST_UTIL_H_
