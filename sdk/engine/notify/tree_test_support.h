// For tests of an engine: guests are functions of the test program itself, which is executed again.
#ifndef SDK_ENGINE_NOTIFY_TREE_TEST_SUPPORT_H_
#define SDK_ENGINE_NOTIFY_TREE_TEST_SUPPORT_H_

#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "sdk/base/unique_fd.h"
#include "sdk/engine/engine.h"

namespace umsdk {

// Calls that no library makes, for guests to talk to the handler. Never run natively.
inline constexpr int kAsk = SYS_acct;
inline constexpr int kAskMore = SYS_sysfs;

// The value, or -1 and errno.
template <typename... Args>
long Ask(Args... args) {
  return syscall(kAsk, args...);
}
template <typename... Args>
long AskMore(Args... args) {
  return syscall(kAskMore, args...);
}

// In a guest: ends its function with the line as exit code.
#define GUEST_CHECK(condition)                   \
  do {                                           \
    if (!(condition)) return 1 + __LINE__ % 125; \
  } while (false)

struct GuestFunction {
  const char* name;
  int (*run)();  // the exit code
};

// main() of a test: runs the guest that the arguments name, or all tests. --refuse_getfd: without
// pidfd_getfd.
int TestMain(int argc, char** argv, std::span<const GuestFunction> guests);

using HandlerMap = std::map<int64_t, std::function<Verdict(TrappedCall&)>>;

// A guest under the notify engine; the numbers in the map are trapped.
class TestTree {
 public:
  // `output`: the guest's standard output, or -1.
  TestTree(const std::string& guest, HandlerMap handlers, int output = -1);
  explicit TestTree(LaunchSpec spec, HandlerMap handlers = {});

  GuestTree& operator*() { return *tree_; }
  GuestTree* operator->() { return tree_.get(); }
  // Waits for the end of the command, past stops; its wait status.
  int Status();
  // Status() as an exit code; -1 when it was killed.
  int ExitCode();

 private:
  class Handler : public CallHandler {
   public:
    explicit Handler(HandlerMap handlers) : handlers_(std::move(handlers)) {}
    Verdict Handle(TrappedCall& call) override;

   private:
    const HandlerMap handlers_;
  };

  void Launch(const LaunchSpec& spec, const HandlerMap& handlers);

  Handler handler_;
  std::unique_ptr<GuestTree> tree_;
};

// How to execute guest function `name`.
LaunchSpec GuestSpec(const std::string& name);

struct TestPipe {
  TestPipe();
  // What comes until every writer is gone; closes our own writing end first.
  std::string ReadAll();
  std::string ReadByte();  // "" at the end

  UniqueFd reader, writer;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_NOTIFY_TREE_TEST_SUPPORT_H_
