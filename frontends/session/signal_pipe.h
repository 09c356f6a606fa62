// SignalPipe: turns signals into bytes that a thread can wait for.
#ifndef FRONTENDS_SESSION_SIGNAL_PIPE_H_
#define FRONTENDS_SESSION_SIGNAL_PIPE_H_

#include <signal.h>

#include <vector>

#include "absl/status/status.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {

// While it lives, each of the caught signals writes its number to the pipe; a signal that was
// ignored stays so. Dispositions belong to the process: one SignalPipe at a time may catch.
class SignalPipe {
 public:
  SignalPipe() = default;
  ~SignalPipe();
  SignalPipe(const SignalPipe&) = delete;
  SignalPipe& operator=(const SignalPipe&) = delete;

  absl::Status Open();
  absl::Status Catch(const std::vector<int>& signals);
  // These do nothing from now on. They are caught, not ignored: a program that we start does not
  // inherit that.
  void Swallow(const std::vector<int>& signals);
  // Bytes of one's own; 0 and the signals' numbers are taken. Thread-safe.
  void Post(unsigned char byte) const;
  int read_fd() const { return read_end_.get(); }

 private:
  struct Saved {
    int signal;
    struct sigaction action;
  };
  void HandleUnlessIgnored(const std::vector<int>& signals, void (*handler)(int));
  void Change(int signal, const struct sigaction& action);

  UniqueFd read_end_, write_end_;
  std::vector<Saved> saved_;
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_SIGNAL_PIPE_H_
