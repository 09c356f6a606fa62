#include "sdk/testing/scripted_engine.h"

#include <sys/eventfd.h>
#include <sys/wait.h>

#include "sdk/testing/scripted_call.h"

namespace umsdk::testing {
namespace {

// The script has ended before anybody can ask.
class EndedTree final : public GuestTree {
 public:
  explicit EndedTree(int code) : code_(code), event_(::eventfd(1, EFD_CLOEXEC)) {}
  pid_t pid() const override { return ::getpid(); }
  GuestEvent WaitEvent() override { return {GuestEvent::Kind::kExited, W_EXITCODE(code_, 0), 0}; }
  int event_fd() const override { return event_.get(); }
  absl::Status Signal(int) override { return absl::NotFoundError("the scripted guest has ended"); }
  void Terminate(std::chrono::milliseconds, bool) override {}

 private:
  const int code_;
  const UniqueFd event_;
};

}  // namespace

int64_t ScriptedGuest::Make(int64_t number, const std::array<uint64_t, 6>& args) {
  ScriptedCall call(number, args);
  Verdict verdict = handler_.Handle(call);
  if (!verdict.is_continue()) return verdict.value();
  ++native_calls_;
  long result = ::syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
  return result < 0 ? -errno : result;
}

absl::StatusOr<std::unique_ptr<GuestTree>> ScriptedEngine::Launch(const LaunchSpec&, const TrapSet&,
                                                                  CallHandler& handler) {
  ScriptedGuest guest(handler);
  return std::unique_ptr<GuestTree>(std::make_unique<EndedTree>(script_(guest)));
}

}  // namespace umsdk::testing
