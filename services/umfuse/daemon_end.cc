#include "services/umfuse/daemon_end.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/umfuse/process_tree.h"
#include "umsdk/waiting.h"

namespace umsdk::umfuse {
namespace {

// Threads of the daemon that wait in a read see the end of the file after this time.
constexpr std::chrono::milliseconds kUntilHangup(300);
constexpr std::chrono::milliseconds kTick(20);
constexpr std::chrono::seconds kLinePeriod(10);

bool Ended(int pidfd) {
  pollfd process{pidfd, POLLIN, 0};
  return ::poll(&process, 1, 0) > 0;
}

}  // namespace

DaemonEnd::DaemonEnd(std::shared_ptr<FuseConn> conn, std::string target, Hooks hooks,
                     DaemonLimits limits)
    : conn_(std::move(conn)), target_(std::move(target)), hooks_(std::move(hooks)), limits_(limits) {}

std::string DaemonEnd::Name() const {
  std::string name;
  std::getline(std::ifstream(absl::StrCat("/proc/", conn_->daemon(), "/comm")), name);
  return absl::StrCat(name.empty() ? "the daemon" : name, " (", conn_->daemon(), ") of ", target_);
}

bool DaemonEnd::IsOwnProcess(pid_t tid) const {
  return conn_->daemon() > 0 && tid > 0 && IsWithin(tid, conn_->daemon());
}

// ---- the thread that looks after it ----

void DaemonEnd::Begin() {
  MutexLock lock(mutex_);
  begun_ = true;
}

void DaemonEnd::Enter(Phase phase, Clock::time_point now) {
  phase_ = phase;
  since_ = now;
  MutexLock lock(mutex_);
  if (progress_) progress_.emplace(conn_->daemon()), progress_->Look(now);
}

// The process that served the mount; nothing is left to look at when it is gone already.
bool DaemonEnd::Gone() {
  pid_t pid = conn_->daemon();
  MutexLock lock(mutex_);
  if (!process_.valid() && pid > 0 && pid != ::getpid()) {
    process_.Reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (process_.valid()) progress_.emplace(pid);
  }
  if (process_.valid()) return Ended(process_.get());
  return pid > 0 || !helper_ || helper_->status().has_value();
}

bool DaemonEnd::Hung(Clock::time_point now, std::chrono::milliseconds idle) {
  MutexLock lock(mutex_);
  if (!progress_) return now - since_ > idle;
  progress_->Look(now);
  return progress_->idle() > idle || progress_->unproductive() > limits_.unproductive;
}

void DaemonEnd::Tell(Clock::time_point now) {
  if (hooks_.before) hooks_.before();
  told_ = conn_->Post(Request(FUSE_DESTROY, 0), Sender(), true);
  Enter(Phase::kAsked, now);
}

bool DaemonEnd::Step() {
  Clock::time_point now = Clock::now();
  if (forced_) {
    Finish();
    return true;
  }
  if (phase_ == Phase::kSilent) Tell(now);
  if (Gone()) {
    Finish();
    return true;
  }
  switch (phase_) {
    case Phase::kSilent:
      return false;
    case Phase::kAsked: {
      bool answered = told_ != 0 && !conn_->Awaits(told_);
      if (answered || conn_->dead()) Enter(Phase::kTold, now);
      if (phase_ == Phase::kAsked && Hung(now, limits_.idle)) {
        conn_->Abort();
        Enter(Phase::kHungUp, now);
      }
      return false;
    }
    case Phase::kTold:
      if (now - since_ < kUntilHangup) return false;
      conn_->Abort();
      Enter(Phase::kHungUp, now);
      return false;
    case Phase::kHungUp:
    case Phase::kTerminated:
      return StepHungUp(now);
  }
  return false;
}

bool DaemonEnd::StepHungUp(Clock::time_point now) {
  if (!Hung(now, helper_ ? limits_.idle : limits_.idle_of_others)) return false;
  if (helper_ && phase_ == Phase::kHungUp) {
    // Not before: it would end a program that flushes behind its main loop.
    Signal(SIGTERM);
    Enter(Phase::kTerminated, now);
    return false;
  }
  // What nobody started for the mount may live on for another purpose.
  if (helper_) GiveUp();
  Finish();
  return true;
}

void DaemonEnd::GiveUp() {
  hooks_.report(absl::StrCat("umfuse: ", Name(),
                             " does not end and is killed; what it had not written is lost"));
  MutexLock lock(mutex_);
  lost_ = true;
}

void DaemonEnd::Signal(int signal) {
  MutexLock lock(mutex_);
  if (process_.valid()) ::syscall(SYS_pidfd_send_signal, process_.get(), signal, nullptr, 0);
}

void DaemonEnd::Finish() {
  conn_->Abort();
  if (forced_ && helper_ && !Gone()) Signal(SIGKILL);
  helper_.reset();
  if (hooks_.over) hooks_.over();
  MutexLock lock(mutex_);
  over_ = true;
  changed_.notify_all();
}

// ---- those who wait ----

ErrnoOrOk DaemonEnd::Await() {
  Waiting* waiting = Waiting::Current();
  if (waiting != nullptr && IsOwnProcess(waiting->caller().tid)) return {};
  if (waiting != nullptr) waiting->WillBlock();
  Clock::time_point line = Clock::now() + kLinePeriod;
  bool continued = waiting != nullptr;
  while (true) {
    if (!continued) continued = Continue();
    {
      MutexLock lock(mutex_);
      if (begun_ && !over_) changed_.wait_for(mutex_, kTick);
      if (!begun_) return {};
      if (over_) return lost_ ? ErrnoOrOk(Errno(EIO)) : ErrnoOrOk();
    }
    Clock::time_point now = Clock::now();
    if (waiting != nullptr) {
      if (waiting->Killed() || waiting->Interrupted()) return Errno(EINTR);
      if (now >= waiting->GiveUpAt()) return {};
    } else if (now >= line) {
      hooks_.report(absl::StrCat("umfuse: waiting for ", Name(), ", which still writes"));
      line = now + kLinePeriod;
    }
  }
}

// The view ends: a daemon that somebody has stopped would never write what it has. False: not known.
bool DaemonEnd::Continue() {
  MutexLock lock(mutex_);
  if (!process_.valid()) return over_;
  ::syscall(SYS_pidfd_send_signal, process_.get(), SIGCONT, nullptr, 0);
  return true;
}

bool DaemonEnd::Working() {
  if (ours_ || conn_->daemon() <= 0 || Gone()) return false;
  return !Hung(Clock::now(), limits_.idle_of_others);
}

}  // namespace umsdk::umfuse
