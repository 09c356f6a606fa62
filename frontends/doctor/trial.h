// Trying things out where they cannot disturb: in a child process, for a bounded time.
#ifndef FRONTENDS_DOCTOR_TRIAL_H_
#define FRONTENDS_DOCTOR_TRIAL_H_

#include <sys/types.h>

#include <functional>
#include <string>

#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {

// How a trial went. `error` is the errno of `step`; both are 0 and "" when all went well.
struct TrialResult {
  int error = 0;
  std::string step;  // "seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER)"
  bool ok() const { return error == 0 && step.empty(); }
};

// `step` failed with the errno of this moment.
TrialResult Failed(const std::string& step);

// Runs `trial` in a child. A child that dies or that takes longer than `seconds` has failed.
TrialResult TryInChild(const std::function<TrialResult()>& trial, int seconds = 5);

// A process that runs `body` and exits with what it returns; it does not outlive its parent, nor
// this object.
class Helper {
 public:
  explicit Helper(const std::function<int()>& body);
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  pid_t pid() const { return pid_; }
  // Its wait status (waitpid with __WALL and `options`), -1 on failure. Remembers its end.
  int Wait(int options = 0);
  // Whether it exits with code 0.
  bool Succeeds();

 private:
  pid_t pid_ = -1;
  bool ended_ = false;
};

// A pair of connected sockets, over which a byte says "go on" and a descriptor can be sent.
class Channel {
 public:
  Channel();
  bool valid() const { return ends_[0].valid(); }
  bool Send(int end, int fd = -1);
  // Waits for Send() at the other end; the descriptor that came along, if any.
  bool Receive(int end, UniqueFd* fd = nullptr);
  void Close(int end) { ends_[end].Reset(); }

 private:
  UniqueFd ends_[2];
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_DOCTOR_TRIAL_H_
