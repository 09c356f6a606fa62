#include "sdk/engine/notify/returning_calls.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace umsdk {
namespace {

constexpr std::chrono::milliseconds kLook(20);

bool IsSame(const seccomp_data& a, const seccomp_data& b) {
  return a.nr == b.nr && a.instruction_pointer == b.instruction_pointer &&
         std::equal(std::begin(a.args), std::end(a.args), std::begin(b.args));
}

}  // namespace

ReturningCalls::Ticket ReturningCalls::Expect(pid_t tid, const seccomp_data& call) {
  MutexLock lock(mutex_);
  ++expected_;
  return entries_.insert(entries_.end(), {.tid = tid, .call = call});
}

ErrnoOr<uint64_t> ReturningCalls::Await(Ticket ticket, const std::function<bool()>& is_alive) {
  MutexLock lock(mutex_);
  while (ticket->state == State::kExpected) {
    if (changed_.wait_for(mutex_, kLook) == std::cv_status::timeout && !is_alive()) break;
  }
  const Entry result = *ticket;
  entries_.erase(ticket);
  --expected_;
  if (result.state != State::kArrived) return Errno(ESRCH);
  return result.id;
}

bool ReturningCalls::DeliverExpected(const seccomp_notif& notification) {
  MutexLock lock(mutex_);
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& candidate) {
    return candidate.tid == static_cast<pid_t>(notification.pid) &&
           candidate.state == State::kExpected;
  });
  if (entry == entries_.end()) return false;
  const bool same = IsSame(entry->call, notification.data);
  entry->state = same ? State::kArrived : State::kElsewhere;
  entry->id = notification.id;
  changed_.notify_all();
  return same;
}

}  // namespace umsdk
