// DaemonEnd: what becomes of a daemon after its file system: it is told, loses its device, and
// writes what it still has to. It is let go on for as long as it works.
#ifndef SERVICES_UMFUSE_DAEMON_END_H_
#define SERVICES_UMFUSE_DAEMON_END_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "services/umfuse/process_progress.h"
#include "services/umfuse/protocol/fuse_conn.h"
#include "umsdk/file_system.h"
#include "umsdk/helper.h"

namespace umsdk::umfuse {

// When a daemon is taken for hung. One that we did not start is not killed, only not waited for.
struct DaemonLimits {
  // Without any activity; the same again from SIGTERM to SIGKILL.
  std::chrono::milliseconds idle{10000};
  std::chrono::milliseconds idle_of_others{5000};
  // Computing without a write.
  std::chrono::milliseconds unproductive{120000};
};

// Thread-safe; Step by one thread only.
class DaemonEnd final : public FileSystemEnd {
 public:
  struct Hooks {
    std::function<void()> before;                            // before the daemon is told
    std::function<void()> over;                              // nothing is left of it
    std::function<void(const std::string& line)> report;     // for the owner of the view
  };
  DaemonEnd(std::shared_ptr<FuseConn> conn, std::string target, Hooks hooks,
            DaemonLimits limits = {});

  // The daemon, if it was started for the mount; at once.
  void Keep(std::shared_ptr<Helper> helper) {
    helper_ = std::move(helper);
    ours_ = true;
  }
  // umount -f: a daemon that we started is killed.
  void Force() { forced_ = true; }
  // The file system is gone.
  void Begin();
  // One look, from Begin on. True: it is over.
  bool Step();

  ErrnoOrOk Await() override;
  bool Working() override;
  pid_t Process() override { return ours_ ? 0 : conn_->daemon(); }

 private:
  enum class Phase { kSilent, kAsked, kTold, kHungUp, kTerminated };
  using Clock = ProcessProgress::Clock;

  void Tell(Clock::time_point now);
  bool Gone();
  bool Hung(Clock::time_point now, std::chrono::milliseconds idle);
  void GiveUp();
  void Signal(int signal);
  bool Continue();
  bool StepHungUp(Clock::time_point now);
  void Finish();
  void Enter(Phase phase, Clock::time_point now);
  std::string Name() const;
  bool IsOwnProcess(pid_t tid) const;

  const std::shared_ptr<FuseConn> conn_;
  const std::string target_;
  const Hooks hooks_;
  const DaemonLimits limits_;
  std::shared_ptr<Helper> helper_;  // Step's own from Begin on
  bool ours_ = false;               // there was one
  std::atomic<bool> forced_{false};

  // Of Step.
  Phase phase_ = Phase::kSilent;
  Clock::time_point since_ = {};
  uint64_t told_ = 0;

  Mutex mutex_;
  CondVar changed_;
  bool begun_ UMSDK_GUARDED_BY(mutex_) = false;
  bool over_ UMSDK_GUARDED_BY(mutex_) = false;
  bool lost_ UMSDK_GUARDED_BY(mutex_) = false;
  UniqueFd process_ UMSDK_GUARDED_BY(mutex_);
  std::optional<ProcessProgress> progress_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_DAEMON_END_H_
