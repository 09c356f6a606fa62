// Pipe: both ends of a new pipe, close-on-exec.
#ifndef FRONTENDS_TESTING_PIPE_H_
#define FRONTENDS_TESTING_PIPE_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {

struct Pipe {
  Pipe() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    in.Reset(ends[0]);
    out.Reset(ends[1]);
  }
  UniqueFd in, out;
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_TESTING_PIPE_H_
