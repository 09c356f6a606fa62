#include "sdk/engine/launch/warden_loop.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>

#include "sdk/engine/launch/descendants.h"
#include "sdk/engine/launch/now_ms.h"
#include "sdk/engine/launch/raw_syscall.h"
#include "sdk/engine/launch/warden_socket.h"

namespace umsdk {
namespace {

constexpr int kFastRounds = 1000;
constexpr int kProbeMs = 50;

}  // namespace

// Everything that has changed; adopted orphans are only buried.
void WardenLoop::Reap() {
  for (;;) {
    int status = 0;
    const long pid =
        RawSyscall(SYS_wait4, -1, &status, WNOHANG | WUNTRACED | WCONTINUED | __WALL, nullptr);
    if (pid == -EINTR) continue;
    children_left_ = pid >= 0;
    if (pid <= 0) return;
    const bool traced = errand.Concerns(static_cast<pid_t>(pid), status);
    if (traced) errand.OnStatus(status);
    // A traced thread's stops are the errand's; one of the process is still there once it is let
    // go.
    if (pid == command && !(traced && WIFSTOPPED(status))) NoteStatus(status);
  }
}

void WardenLoop::NoteStatus(int status) {
  if (WIFEXITED(status) || WIFSIGNALED(status)) {
    ended_ = status;
    has_ended_ = true;
    page->command_status = status;
    command = -1;  // the number may come again
  } else {
    changed_ = status;
    has_changed_ = true;
    if (WIFSTOPPED(status)) waker.OnStopped();
    if (WIFCONTINUED(status)) waker.OnContinued();
  }
}

// In order; what the host has no room for is kept until it has.
void WardenLoop::Report() {
  const auto sent = [this](int status) {
    return SendReport(socket, {WardenReport::Kind::kStatus, status}, nullptr, 0) != -EAGAIN;
  };
  if (has_changed_ && sent(changed_)) has_changed_ = false;
  if (has_ended_ && !has_changed_ && sent(ended_)) has_ended_ = false;
}

void WardenLoop::TakeOrders() {
  WardenOrder order;
  bool closed = false;
  while (!errand.is_dying() && ReceiveOrder(socket, &order, &closed)) {
    Obey(order);
  }
  if (closed) stage_ = Stage::kKilling;
}

void WardenLoop::Obey(const WardenOrder& order) {
  switch (order.kind) {
    case WardenOrder::Kind::kRunErrand:
      errand.Run(order.tid, order.notification);
      break;
    case WardenOrder::Kind::kFinishErrand:
      errand.Finish(order.value);
      break;
    case WardenOrder::Kind::kReplaceCall:
      errand.Replace(static_cast<pid_t>(order.value));
      break;
    case WardenOrder::Kind::kLinger:
      if (stage_ == Stage::kServing) stage_ = Stage::kLingering;
      break;
    case WardenOrder::Kind::kTerminate: {
      const int64_t deadline = NowMs() + order.value;
      if (stage_ != Stage::kGrace) SignalDescendants(proc, SIGTERM);
      if (stage_ != Stage::kGrace || deadline < deadline_ms_) deadline_ms_ = deadline;
      stage_ = Stage::kGrace;
      break;
    }
  }
}

int WardenLoop::TimeoutMs() {
  const int stage = StageTimeoutMs();
  const int look = waker.TimeoutMs();
  if (stage < 0 || look < 0) return stage < 0 ? look : stage;
  return stage < look ? stage : look;
}

int WardenLoop::StageTimeoutMs() {
  if (stage_ == Stage::kKilling) return kill_rounds_ < kFastRounds ? 1 : 20;
  if (errand.awaits_stop()) return kProbeMs;
  if (stage_ != Stage::kGrace) return -1;
  const int64_t left = deadline_ms_ - NowMs();
  if (left <= 0) return 0;
  return left > 1000000 ? 1000000 : static_cast<int>(left);
}

void WardenLoop::Wait() {
  const int host_events =
      (errand.is_dying() ? 0 : POLLIN) | (has_changed_ || has_ended_ ? POLLOUT : 0);
  const bool killing = stage_ == Stage::kKilling;
  pollfd fds[] = {{child_signals, POLLIN, 0},
                  {killing ? -1 : socket, static_cast<short>(host_events), 0},
                  {killing ? -1 : host_pidfd, POLLIN, 0}};
  const long ready = RawSyscall(SYS_poll, fds, 3, TimeoutMs());
  if ((ready == 0 && errand.awaits_stop()) || errand.is_dying()) errand.Probe();
  waker.Look();
  char drained[16 * 128];
  RawSyscall(SYS_read, child_signals, drained, sizeof(drained));
  if (fds[2].revents != 0) stage_ = Stage::kKilling;  // the host has died
}

void WardenLoop::Run() {
  for (;;) {
    Reap();
    Report();
    if (stage_ != Stage::kServing && !children_left_) return;
    Wait();
    if (stage_ != Stage::kKilling) TakeOrders();
    if (stage_ == Stage::kGrace && NowMs() >= deadline_ms_) stage_ = Stage::kKilling;
    if (stage_ == Stage::kKilling) {
      SignalDescendants(proc, SIGKILL);
      ++kill_rounds_;
    }
  }
}

}  // namespace umsdk
