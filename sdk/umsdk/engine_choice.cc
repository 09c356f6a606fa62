#include "umsdk/engine_choice.h"

#include <atomic>
#include <utility>

#include "sdk/engine/notify/notify_engine.h"
#include "sdk/engine/ptrace/ptrace_engine.h"

namespace umsdk {
namespace {

std::unique_ptr<Engine> MakePtrace(const PtraceOptions& options,
                                   const std::function<void(const std::string&)>& report) {
  PtraceEngine::Options engine;
  engine.seccomp_trace = options.seccomp;
  engine.vectored_memory = options.vectored_memory;
  engine.report = report;
  return std::make_unique<PtraceEngine>(engine);
}

class AutoEngine final : public Engine {
 public:
  AutoEngine(const PtraceOptions& options, std::function<void(const std::string&)> report)
      : notify_(std::make_unique<NotifyEngine>()),
        ptrace_(MakePtrace(options, report)),
        report_(std::move(report)) {}
  const char* name() const override { return fallen_back_ ? ptrace_->name() : notify_->name(); }
  absl::StatusOr<std::unique_ptr<GuestTree>> Launch(const LaunchSpec& spec, const TrapSet& traps,
                                                    CallHandler& handler) override {
    if (!fallen_back_) {
      auto tree = notify_->Launch(spec, traps, handler);
      bool refused = absl::IsUnavailable(tree.status()) || absl::IsFailedPrecondition(tree.status());
      if (!refused) return tree;
      report_(std::string(tree.status().message()) + "; using ptrace, which is slower");
      fallen_back_ = true;
    }
    return ptrace_->Launch(spec, traps, handler);
  }
  absl::StatusOr<std::unique_ptr<GuestTree>> Admit(UniqueFd connection, const TrapSet& traps,
                                                   CallHandler& handler) override {
    Engine& engine = fallen_back_ ? *ptrace_ : *notify_;
    return engine.Admit(std::move(connection), traps, handler);
  }

 private:
  const std::unique_ptr<Engine> notify_, ptrace_;
  const std::function<void(const std::string&)> report_;
  std::atomic<bool> fallen_back_{false};
};

}  // namespace

std::unique_ptr<Engine> ChooseEngine(EngineKind kind, const PtraceOptions& options,
                                     std::function<void(const std::string&)> report) {
  switch (kind) {
    case EngineKind::kNotify: return std::make_unique<NotifyEngine>();
    case EngineKind::kPtrace: return MakePtrace(options, report);
    case EngineKind::kAuto: break;
  }
  return std::make_unique<AutoEngine>(options, std::move(report));
}

}  // namespace umsdk
