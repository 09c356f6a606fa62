#include "frontends/session/signal_pipe.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace umsdk::frontends {
namespace {

// A handler is told nothing but the signal's number, so this one thing lives outside an object.
std::atomic<int> handler_fd = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void DoNothing(int) {}

void Forward(int signal) {
  int saved_errno = errno;
  auto byte = static_cast<unsigned char>(signal);
  // A full pipe holds enough signals already.
  [[maybe_unused]] ssize_t count = ::write(handler_fd.load(), &byte, 1);
  errno = saved_errno;
}

}  // namespace

SignalPipe::~SignalPipe() {
  for (auto saved = saved_.rbegin(); saved != saved_.rend(); ++saved) {
    ::sigaction(saved->signal, &saved->action, nullptr);
  }
  int mine = write_end_.get();
  if (mine >= 0) handler_fd.compare_exchange_strong(mine, -1);
}

absl::Status SignalPipe::Open() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    return absl::InternalError(absl::StrCat("cannot make a pipe: ", std::strerror(errno)));
  }
  read_end_.Reset(ends[0]);
  write_end_.Reset(ends[1]);
  return absl::OkStatus();
}

absl::Status SignalPipe::Catch(const std::vector<int>& signals) {
  int nobody = -1;
  if (!handler_fd.compare_exchange_strong(nobody, write_end_.get()) && nobody != write_end_.get()) {
    return absl::FailedPreconditionError("signals are caught already");
  }
  HandleUnlessIgnored(signals, &Forward);
  return absl::OkStatus();
}

void SignalPipe::Swallow(const std::vector<int>& signals) {
  HandleUnlessIgnored(signals, &DoNothing);
}

void SignalPipe::HandleUnlessIgnored(const std::vector<int>& signals, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  for (int signal : signals) {
    struct sigaction before;
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
      Change(signal, action);
    }
  }
}

void SignalPipe::Change(int signal, const struct sigaction& action) {
  Saved saved = {.signal = signal, .action = {}};
  if (::sigaction(signal, &action, &saved.action) == 0) saved_.push_back(saved);
}

void SignalPipe::Post(unsigned char byte) const {
  [[maybe_unused]] ssize_t count = ::write(write_end_.get(), &byte, 1);
}

}  // namespace umsdk::frontends
