#include "frontends/session/job_control.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

#include "frontends/session/process_state.h"
#include "sdk/base/status_macros.h"

namespace umsdk::frontends {
namespace {

constexpr int kTickMilliseconds = 200;
// Bytes beyond every signal's number.
constexpr unsigned char kStopped = 200, kWake = 201, kFinish = 202;

// Stops this thread, and with it all, as `signal` does to a program that leaves it alone.
void StopAsByDefault(int signal) {
  struct sigaction action = {}, before;
  action.sa_handler = SIG_DFL;
  ::sigaction(signal, &action, &before);
  ::pthread_kill(::pthread_self(), signal);
  ::sigaction(signal, &before, nullptr);
}

[[noreturn]] void EndByDefault(int signal) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  ::sigaction(signal, &action, nullptr);
  ::pthread_kill(::pthread_self(), signal);
  ::_exit(128 + signal);  // it is blocked
}

}  // namespace

absl::Status JobControl::Open() {
  UMSDK_RETURN_IF_ERROR(pipe_.Open());
  UMSDK_RETURN_IF_ERROR(pipe_.Catch({SIGTERM, SIGHUP}));
  pipe_.Swallow({SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE});
  return absl::OkStatus();
}

void JobControl::Start(Guest guest, std::function<bool()> tick) {
  guest_ = std::move(guest);
  tick_ = std::move(tick);
  thread_ = std::thread(&JobControl::Loop, this);
}

void JobControl::Finish() {
  if (!thread_.joinable()) return;
  pipe_.Post(kFinish);
  thread_.join();
}

void JobControl::WatchEnd() {
  if (!pipe_.Catch({SIGINT}).ok()) return;
  ending_ = true;
  finished_ = false;
  thread_ = std::thread(&JobControl::Loop, this);
}

void JobControl::NotifyStop(int signal) {
  stop_signal_ = signal;
  pipe_.Post(kStopped);
}

void JobControl::Wake() { pipe_.Post(kWake); }

void JobControl::Loop() {
  bool ticking = tick_();
  while (!finished_) {
    pollfd ready = {.fd = pipe_.read_fd(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, ticking ? kTickMilliseconds : -1);
    unsigned char bytes[64];
    ssize_t count = ::read(pipe_.read_fd(), bytes, sizeof(bytes));
    for (ssize_t i = 0; i < count; ++i) Handle(bytes[i]);
    ticking = tick_();
  }
}

void JobControl::Handle(unsigned char byte) {
  switch (byte) {
    case kStopped:
      return StopLikeGuest();
    case kFinish:
      finished_ = true;
      return;
    case kWake:
      return;
    default:
      if (ending_ && termination_signal_ != 0) return EndByDefault(byte);
      // A second signal changes nothing while guests are ended, which is bounded.
      if (termination_signal_ != 0) return;
      termination_signal_ = byte;
      if (!ending_) guest_.terminate();
  }
}

void JobControl::StopLikeGuest() {
  // The notice may be old: a SIGSTOP to the whole job stopped us too, and by now all goes on.
  if (!IsStopped(guest_.pid) || !HasJobControlParent()) return;
  pid_t group = ::getpgid(guest_.pid);
  bool had_terminal = group == ForegroundGroup();
  StopSelf(stop_signal_);
  // Continued. A guest in our own group was continued with us; one that leads its own (a shell that
  // was suspended) was not, and the shell gave the terminal to our group, not to the guest's.
  if (!IsStopped(guest_.pid) || group <= 0) return;
  if (had_terminal && ForegroundGroup() == ::getpgrp()) SetForegroundGroup(group);
  ::kill(-group, SIGCONT);
}

void JobControl::StopSelf(int signal) {
  // To this thread (which stops them all), so that it has stopped before the call returns.
  if (signal != SIGTSTP && signal != SIGTTIN && signal != SIGTTOU) {
    ::pthread_kill(::pthread_self(), SIGSTOP);
    return;
  }
  StopAsByDefault(signal);
}

}  // namespace umsdk::frontends
