#include "frontends/session/log.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace umsdk::frontends {
namespace {

// What the guests told us must not drive the terminal: escape sequences are shown, not sent.
std::string OneLine(const std::string& line) {
  std::string text;
  for (char c : line) {
    bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    text += control ? '?' : c;
  }
  return text + "\n";
}

}  // namespace

Log::Log(int fd, std::string prefix, Limits limits, Clock clock)
    : fd_(fd),
      prefix_(std::move(prefix)),
      limits_(limits),
      clock_(std::move(clock)),
      is_terminal_(::isatty(fd) == 1),
      tokens_(limits.burst),
      last_(clock_()) {}

void Log::Write(const std::string& line) {
  MutexLock lock(mutex_);
  if (!TakeToken()) {
    ++left_out_;
    return;
  }
  if (left_out_ != 0) {
    Hold(OneLine(absl::StrCat(prefix_, left_out_, " lines left out")));
    left_out_ = 0;
  }
  Hold(OneLine(line));
  if (!Drain(/*mind_raw_mode=*/true, /*timeout_ms=*/0) && on_hold_) on_hold_();
}

bool Log::TakeToken() {
  auto now = clock_();
  double seconds = std::chrono::duration<double>(now - last_).count();
  last_ = now;
  tokens_ = std::min(limits_.burst, tokens_ + seconds * limits_.per_second);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void Log::Hold(std::string line) {
  if (held_.size() >= limits_.held) {
    held_.pop_front();
    ++left_out_;
  }
  held_.push_back(std::move(line));
}

bool Log::Drain(bool mind_raw_mode, int timeout_ms) {
  while (!held_.empty()) {
    if (!MayWrite(mind_raw_mode, timeout_ms)) return false;
    WriteNow(held_.front());
    held_.pop_front();
  }
  return true;
}

bool Log::MayWrite(bool mind_raw_mode, int timeout_ms) const {
  termios mode;
  if (mind_raw_mode && is_terminal_ && ::tcgetattr(fd_, &mode) == 0 && !(mode.c_lflag & ICANON)) {
    return false;
  }
  pollfd ready = {.fd = fd_, .events = POLLOUT, .revents = 0};
  // An error (no reader, a bad descriptor) counts as ready: the write then fails and the line is
  // lost.
  return ::poll(&ready, 1, timeout_ms) > 0;
}

void Log::WriteNow(const std::string& text) const {
  size_t done = 0;
  while (done < text.size()) {
    ssize_t count = ::write(fd_, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    done += static_cast<size_t>(count);
  }
}

void Log::Flush() {
  MutexLock lock(mutex_);
  Drain(/*mind_raw_mode=*/true, /*timeout_ms=*/0);
}

void Log::FlushAtEnd(std::chrono::milliseconds patience) {
  MutexLock lock(mutex_);
  if (left_out_ != 0) Hold(OneLine(absl::StrCat(prefix_, left_out_, " lines left out")));
  left_out_ = 0;
  Drain(/*mind_raw_mode=*/false, static_cast<int>(patience.count()));
}

bool Log::has_held_lines() {
  MutexLock lock(mutex_);
  return !held_.empty();
}

}  // namespace umsdk::frontends
