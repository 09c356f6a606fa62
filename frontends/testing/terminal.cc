#include "frontends/testing/terminal.h"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace umsdk::frontends {
namespace {
constexpr int kPatienceMilliseconds = 20000;
constexpr int kTries = 4;
}  // namespace

Terminal::Terminal(std::vector<std::string> argv) {
  winsize size = {.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
  int master = -1;
  pid_ = ::forkpty(&master, nullptr, nullptr, &size);
  if (pid_ == 0) {
    ::setenv("TERM", "dumb", 1);
    ::setenv("HOME", "/nonexistent", 1);
    std::vector<char*> pointers;
    for (std::string& word : argv) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  master_.Reset(master);
}

Terminal::~Terminal() {
  master_.Reset();
  ::waitpid(pid_, nullptr, 0);
}

void Terminal::Type(const std::string& text) {
  if (::write(master_.get(), text.data(), text.size()) < 0) seen_ += "(the terminal is gone)";
}

bool Terminal::Expect(const std::string& text) {
  failed_ = failed_ || !ExpectWithin(text, kPatienceMilliseconds);
  return !failed_;
}

bool Terminal::TypeUntil(const std::string& line, const std::string& text) {
  for (int i = 0; i < kTries && !failed_; ++i) {
    Type(line);
    if (ExpectWithin(text, kPatienceMilliseconds / kTries)) return true;
  }
  failed_ = true;
  return false;
}

bool Terminal::ExpectWithin(const std::string& text, int milliseconds) {
  while (true) {
    size_t at = seen_.find(text, expected_);
    if (at != std::string::npos) {
      expected_ = at + text.size();
      return true;
    }
    pollfd ready = {.fd = master_.get(), .events = POLLIN, .revents = 0};
    char buffer[4096];
    if (::poll(&ready, 1, milliseconds) <= 0) return false;
    ssize_t count = ::read(master_.get(), buffer, sizeof(buffer));
    if (count <= 0) return false;
    seen_.append(buffer, static_cast<size_t>(count));
  }
}

void Terminal::Resize(unsigned short rows, unsigned short columns) {
  winsize size = {.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  ::ioctl(master_.get(), TIOCSWINSZ, &size);
}

}  // namespace umsdk::frontends
