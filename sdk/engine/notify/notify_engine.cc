#include "sdk/engine/notify/notify_engine.h"

#include <linux/seccomp.h>

#include <utility>

#include "sdk/base/status_macros.h"
#include "sdk/engine/filter/seccomp_filter.h"
#include "sdk/engine/launch/warden.h"
#include "sdk/engine/notify/receiver_pool.h"
#include "sdk/engine/notify/watchdog.h"

namespace umsdk {
namespace {

class NotifyTree : public GuestTree {
 public:
  NotifyTree(std::shared_ptr<Warden> warden, CallHandler& handler,
             std::shared_ptr<Watchdog> watchdog, bool background)
      : warden_(std::move(warden)),
        pool_(std::make_shared<ReceiverPool>(warden_->TakeListener(), warden_, handler,
                                             background)),
        watchdog_(std::move(watchdog)) {}

  ~NotifyTree() override {
    warden_->Terminate(std::chrono::milliseconds(0), false);
    AbandonIfLost();
    pool_->Stop();
    watchdog_->Forget(*pool_);
  }

  absl::Status Start() {
    UMSDK_RETURN_IF_ERROR(watchdog_->Watch(*pool_, *warden_));
    UMSDK_RETURN_IF_ERROR(pool_->Start());
    warden_->Release();
    return absl::OkStatus();
  }

  pid_t pid() const override { return warden_->command(); }
  int event_fd() const override { return warden_->event_fd(); }
  absl::Status Signal(int signal) override { return warden_->Signal(signal); }

  GuestEvent WaitEvent() override {
    const GuestEvent event = warden_->WaitEvent();
    if (event.kind == GuestEvent::Kind::kLost) pool_->Abandon();
    return event;
  }

  void Terminate(std::chrono::milliseconds grace, bool linger) override {
    warden_->Terminate(grace, linger);
    AbandonIfLost();
  }

 private:
  void AbandonIfLost() {
    if (warden_->WasKilled()) pool_->Abandon();
  }

  std::shared_ptr<Warden> warden_;
  std::shared_ptr<ReceiverPool> pool_;
  const std::shared_ptr<Watchdog> watchdog_;
};

absl::StatusOr<std::unique_ptr<GuestTree>> StartTree(
    absl::StatusOr<std::unique_ptr<Warden>> warden, CallHandler& handler,
    const std::shared_ptr<Watchdog>& watchdog, bool background) {
  if (!warden.ok()) return warden.status();
  auto tree = std::make_unique<NotifyTree>(*std::move(warden), handler, watchdog, background);
  UMSDK_RETURN_IF_ERROR(tree->Start());
  return std::unique_ptr<GuestTree>(std::move(tree));
}

}  // namespace

NotifyEngine::NotifyEngine() : watchdog_(std::make_shared<Watchdog>()) {}

absl::StatusOr<std::unique_ptr<GuestTree>> NotifyEngine::Launch(const LaunchSpec& spec,
                                                                const TrapSet& traps,
                                                                CallHandler& handler) {
  const SeccompFilter filter(traps, SECCOMP_RET_USER_NOTIF);
  return StartTree(Warden::Start(spec, &filter, ListenerUse::kWanted), handler, watchdog_,
                   spec.background);
}

absl::StatusOr<std::unique_ptr<GuestTree>> NotifyEngine::Admit(UniqueFd connection,
                                                               const TrapSet& traps,
                                                               CallHandler& handler) {
  const SeccompFilter filter(traps, SECCOMP_RET_USER_NOTIF);
  return StartTree(Warden::Admit(std::move(connection), &filter, ListenerUse::kWanted), handler,
                   watchdog_, false);
}

}  // namespace umsdk
