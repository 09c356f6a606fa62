#include "sdk/engine/ptrace/call_slot.h"

#include <chrono>

#include "sdk/engine/ptrace/futex.h"

namespace umsdk {
namespace {

// How soon a worker that waits for an answer finds out that none can come.
constexpr long kLookAroundMicroseconds = 100000;
constexpr auto kPollTime = std::chrono::microseconds(50);

template <typename Condition>
void PollWhile(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kPollTime;
  while (condition() && std::chrono::steady_clock::now() < end) continue;
}

}  // namespace

// Only one side waits at a time: the tracer while the worker runs, the worker otherwise.
bool CallSlot::SleepWhile(int state, long timeout_us) {
  ++sleepers_;
  const bool in_time = FutexWait(state_, state, timeout_us);
  --sleepers_;
  return in_time;
}

void CallSlot::Set(State state) {
  state_ = state;
  if (sleepers_ != 0) FutexWake(state_);
}

void CallSlot::Begin(const StoppedCallInfo& info) {
  info_ = info;
  gone = false;
  Set(kRunning);
}

CallSlot::State CallSlot::AwaitWorker(long timeout_us) {
  if (info_.poll_for_next) PollWhile([this] { return state_ == kRunning; });
  while (true) {
    int state = state_.load();
    if (state != kRunning) return static_cast<State>(state);
    if (!SleepWhile(kRunning, timeout_us)) {
      state_.compare_exchange_strong(state, kDetached);  // on failure the worker was faster
    }
  }
}

void CallSlot::AnswerRequest(bool attached) { Set(attached ? kRunning : kDetached); }

void CallSlot::Quit() { Set(kQuit); }

CallSlot::State CallSlot::AwaitWork() {
  if (info_.poll_for_next) {
    PollWhile([this] { return state_ != kRunning && state_ != kQuit; });
  }
  while (true) {
    int state = state_.load();
    if (state == kRunning || state == kQuit) return static_cast<State>(state);
    SleepWhile(state, 0);
  }
}

bool CallSlot::HandToTracer(State state) {
  int before = state_.exchange(state);
  if (before == kDetached) return true;
  if (before == kQuit) state_ = kQuit;  // the tracer has ended meanwhile
  if (sleepers_ != 0) FutexWake(state_);
  return false;
}

bool CallSlot::Finish(Verdict verdict) {
  verdict_ = verdict;
  return HandToTracer(kDone);
}

bool CallSlot::Ask(const GuestRequest& request) {
  request_ = request;
  request_.result = -ESRCH;
  return HandToTracer(kAsking);
}

void CallSlot::AwaitAnswer() {
  while (state_ == kAsking && !abandoned_) SleepWhile(kAsking, kLookAroundMicroseconds);
}

void CallSlot::Abandon() {
  abandoned_ = true;
  gone = true;
}

void CallSlot::Detach() {
  int expected = kRunning;
  if (state_.compare_exchange_strong(expected, kDetached) && sleepers_ != 0) {
    FutexWake(state_);
  }
}

}  // namespace umsdk
