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
  replacement_.reset();
  gone = false;
  process_stops = false;
  Set(kRunning);
}

CallSlot::State CallSlot::AwaitWorker(long timeout_us) {
  if (info_.poll_for_next) PollWhile([this] { return state_ == kRunning; });
  while (true) {
    int state = state_.load();
    if (state == kAsking || state == kDone) return static_cast<State>(state);
    if (state != kRunning) return kDetached;
    if (!SleepWhile(kRunning, timeout_us)) {
      state_.compare_exchange_strong(state, kDetached);  // on failure the worker was faster
    }
  }
}

void CallSlot::AnswerRequest() { Set(state_ == kAsking ? kRunning : kDetached); }

void CallSlot::Quit() { Set(kQuit); }

bool CallSlot::AwaitWork() {
  // kDetached: so late in waking up that the tracer has stopped waiting already.
  auto is_mine = [](int state) { return state == kRunning || state == kDetached; };
  if (may_poll_) PollWhile([&] { return !is_mine(state_) && state_ != kQuit; });
  while (true) {
    int state = state_.load();
    if (is_mine(state) || state == kQuit) {
      may_poll_ = info_.poll_for_next;
      return state != kQuit;
    }
    SleepWhile(state, 0);
  }
}

// `attached` or `late`, depending on whether the tracer waits.
bool CallSlot::HandToTracer(State attached, State late) {
  int before = kRunning;
  if (state_.compare_exchange_strong(before, attached)) {
    if (sleepers_ != 0) FutexWake(state_);
    return false;
  }
  // Only the worker leads out of kDetached; kQuit stays.
  before = kDetached;
  return state_.compare_exchange_strong(before, late);
}

bool CallSlot::Finish(Verdict verdict) {
  verdict_ = verdict;
  return HandToTracer(kDone, kLateDone);
}

bool CallSlot::Ask(const GuestRequest& request) {
  request_ = request;
  request_.result = -ESRCH;
  return HandToTracer(kAsking, kLateAsking);
}

void CallSlot::AwaitAnswer() {
  while (!abandoned_) {
    const int state = state_;
    if (state != kAsking && state != kLateAsking) return;
    SleepWhile(state, kLookAroundMicroseconds);
  }
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
