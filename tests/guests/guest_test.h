// What every guest test includes. A guest is an ordinary program: it knows nothing of umsdk, and
// must pass on the bare kernel before it is run in a view.
#ifndef TESTS_GUESTS_GUEST_TEST_H_
#define TESTS_GUESTS_GUEST_TEST_H_

#include <sys/utsname.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <ostream>

#include "gmock/gmock-matchers.h"
#include "gtest/gtest.h"
#include "tests/guests/child.h"
#include "tests/guests/fd.h"

namespace guest {

// Matches the return value of a system call together with errno.
class SyscallMatcher {
 public:
  using is_gtest_matcher = void;

  SyscallMatcher(std::optional<long> value, int error) : value_(value), error_(error) {}

  template <typename T>
  bool MatchAndExplain(const T& result, std::ostream* os) const {
    const int error = errno;
    const bool failed = result == static_cast<T>(-1);
    if (failed && os != nullptr) *os << "with errno " << error << " (" << strerror(error) << ")";
    if (error_ != 0) return failed && error == error_;
    return !failed && (!value_ || result == static_cast<T>(*value_));
  }

  void DescribeTo(std::ostream* os) const {
    if (error_ != 0) {
      *os << "fails with errno " << error_ << " (" << strerror(error_) << ")";
    } else {
      *os << "succeeds";
      if (value_) *os << " with " << *value_;
    }
  }

  void DescribeNegationTo(std::ostream* os) const {
    *os << "not: ";
    DescribeTo(os);
  }

 private:
  std::optional<long> value_;
  int error_;
};

inline SyscallMatcher SyscallSucceeds() { return SyscallMatcher(std::nullopt, 0); }
inline SyscallMatcher SyscallSucceedsWithValue(long value) { return SyscallMatcher(value, 0); }
inline SyscallMatcher SyscallFailsWithErrno(int error) {
  return SyscallMatcher(std::nullopt, error);
}

// An address at which nothing is mapped, and of which the compiler knows nothing.
inline void* BadAddress() {
  volatile uintptr_t address = 8;
  return reinterpret_cast<void*>(address);
}

// For behaviour that came with a kernel release.
inline bool KernelAtLeast(int major, int minor) {
  struct utsname name;
  int have_major = 0;
  int have_minor = 0;
  if (uname(&name) != 0 || sscanf(name.release, "%d.%d", &have_major, &have_minor) != 2)
    return false;
  return have_major > major || (have_major == major && have_minor >= minor);
}

}  // namespace guest

#endif  // TESTS_GUESTS_GUEST_TEST_H_
