#include "sdk/engine/launch/errands.h"

#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace umsdk {

ErrnoOrOk Errands::Run(pid_t tid, uint64_t notification, std::span<TrappedCall::GuestCall> calls) {
  const WardenOrder order = {
      .kind = WardenOrder::Kind::kRunErrand, .tid = tid, .notification = notification};
  while (!calls.empty()) {
    const auto some = calls.first(std::min<size_t>(calls.size(), ErrandPage::kMaxCalls));
    const ErrnoOrOk done = RunSome(order, some);
    if (!done.ok()) {
      Release();
      return done;
    }
    calls = calls.subspan(some.size());
  }
  return {};
}

ErrnoOrOk Errands::Take(pid_t tid, uint64_t notification) {
  const ErrnoOrOk taken = RunSome(
      {.kind = WardenOrder::Kind::kRunErrand, .tid = tid, .notification = notification}, {});
  if (!taken.ok()) Release();
  return taken;
}

ErrnoOrOk Errands::RunSome(const WardenOrder& order, std::span<TrappedCall::GuestCall> calls) {
  if (!Carry(order, calls)) return Errno(ESRCH);
  const ErrandPage& page = warden_->errand_page();
  if (page.error != 0) return Errno(page.error);
  for (size_t i = 0; i < calls.size(); ++i) calls[i].result = page.calls[i].result;
  return {};
}

// False when the warden has ended, and with it every guest.
bool Errands::Carry(const WardenOrder& order, std::span<const TrappedCall::GuestCall> calls) {
  ErrandPage& page = warden_->errand_page();
  for (size_t i = 0; i < calls.size(); ++i) {
    page.calls[i].number = calls[i].number;
    std::memcpy(page.calls[i].args, calls[i].args.data(), sizeof(page.calls[i].args));
  }
  page.count = static_cast<int>(calls.size());
  page.done = 0;
  warden_->Send(order);
  return AwaitDone();
}

bool Errands::AwaitDone() {
  constexpr timespec kLook = {.tv_sec = 0, .tv_nsec = 20'000'000};
  std::atomic<int>& done = warden_->errand_page().done;
  while (done == 0) {
    syscall(SYS_futex, &done, FUTEX_WAIT, 0, &kLook, nullptr, 0);
    pollfd ended = {warden_->pidfd(), POLLIN, 0};
    if (done == 0 && poll(&ended, 1, 0) > 0) return false;
  }
  return true;
}

void Errands::Finish(int64_t value) {
  warden_->Send({.kind = WardenOrder::Kind::kFinishErrand, .value = value});
  Release();
}

void Errands::Replace(pid_t process, const TrappedCall::Replacement& replacement) {
  std::vector<TrappedCall::GuestCall> calls = {replacement.call};
  calls.insert(calls.end(), replacement.afterwards.begin(), replacement.afterwards.end());
  if (calls.size() > ErrandPage::kMaxCalls) calls.resize(ErrandPage::kMaxCalls);
  (void)Carry({.kind = WardenOrder::Kind::kReplaceCall, .value = process}, calls);
  Release();
}

void Errands::Acquire() {
  MutexLock lock(mutex_);
  while (busy_) released_.wait(mutex_);
  busy_ = true;
}

void Errands::Release() {
  MutexLock lock(mutex_);
  busy_ = false;
  released_.notify_one();
}

}  // namespace umsdk
