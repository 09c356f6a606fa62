// Terminal: a person at a terminal, for tests: types, and waits for what appears.
#ifndef FRONTENDS_TESTING_TERMINAL_H_
#define FRONTENDS_TESTING_TERMINAL_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {

class Terminal {
 public:
  // Runs a program in a session of its own on a new terminal of 80x24.
  explicit Terminal(std::vector<std::string> argv);
  // Hangs up and waits.
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void Type(const std::string& text);
  // Types a line and waits for what it causes. A pseudo-terminal loses a line now and then that is
  // typed just when a shell takes the terminal back (natively, too), so it is typed again.
  bool TypeUntil(const std::string& line, const std::string& text);
  // Waits until `text` appears behind what was waited for last; false after 20 s, or at the
  // end, and from then on.
  bool Expect(const std::string& text);
  // All that appeared so far.
  const std::string& seen() const { return seen_; }
  void Resize(unsigned short rows, unsigned short columns);

 private:
  bool ExpectWithin(const std::string& text, int milliseconds);

  UniqueFd master_;
  pid_t pid_ = -1;
  std::string seen_;
  bool failed_ = false;  // nothing is waited for any more
  size_t expected_ = 0;  // in seen_: behind the last match
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_TESTING_TERMINAL_H_
