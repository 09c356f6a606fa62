// Log: lines for the owner of the view, on a descriptor that may be the guests' terminal too.
//
// A line never waits: what the descriptor cannot take now is held. Lines are also held while the
// terminal is in raw mode, since an editor or a pager draws on it. Held lines go out, in order,
// with the next Flush() that may write. A guest that causes floods of lines costs a bounded number.
#ifndef FRONTENDS_SESSION_LOG_H_
#define FRONTENDS_SESSION_LOG_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "sdk/base/mutex.h"

namespace umsdk::frontends {

// Thread-safe.
class Log {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  struct Limits {
    double per_second = 200;  // lines, in the long run
    double burst = 1000;      // lines at once
    size_t held = 1000;       // lines; the oldest go first
  };

  // `fd` stays the caller's. `prefix` stands before lines of Say(), not before those of Relay().
  Log(int fd, std::string prefix, Limits limits, Clock clock = &std::chrono::steady_clock::now);
  Log(int fd, std::string prefix) : Log(fd, std::move(prefix), Limits()) {}

  // A message of this program.
  void Say(const std::string& line) { Write(prefix_ + line); }
  // A line that a service or the SDK composed.
  void Relay(const std::string& line) { Write(line); }

  // Writes held lines if the descriptor and the terminal's mode allow.
  void Flush();
  // The end: the terminal is ours again, and whoever reads the descriptor gets `patience`.
  void FlushAtEnd(std::chrono::milliseconds patience = std::chrono::seconds(1));
  bool has_held_lines();
  // Called, under the lock, when a line is held. Set it before the log is shared among threads.
  void OnHold(std::function<void()> callback) { on_hold_ = std::move(callback); }

 private:
  void Write(const std::string& line);
  bool TakeToken() UMSDK_REQUIRES(mutex_);
  void Hold(std::string line) UMSDK_REQUIRES(mutex_);
  // Whether all that was held is out.
  bool Drain(bool mind_raw_mode, int timeout_ms) UMSDK_REQUIRES(mutex_);
  bool MayWrite(bool mind_raw_mode, int timeout_ms) const;
  void WriteNow(const std::string& text) const;

  const int fd_;
  const std::string prefix_;
  const Limits limits_;
  const Clock clock_;
  const bool is_terminal_;
  std::function<void()> on_hold_;

  Mutex mutex_;
  double tokens_ UMSDK_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point last_ UMSDK_GUARDED_BY(mutex_);
  uint64_t left_out_ UMSDK_GUARDED_BY(mutex_) = 0;
  std::deque<std::string> held_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_LOG_H_
