// Every system call that takes a name, as one list.
#ifndef TESTS_POSIX_CALLS_H_
#define TESTS_POSIX_CALLS_H_

#include <vector>

namespace umsdk::posix {

struct PathCall {
  const char* name;
  long (*call)(const char* path);
};

// Some make a file "old" or a directory "old_dir" beside.
const std::vector<PathCall>& PathCalls();

}  // namespace umsdk::posix

#endif  // TESTS_POSIX_CALLS_H_
