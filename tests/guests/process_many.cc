// A thousand processes live at the same time; what they may open is theirs to use up.
#include <sys/resource.h>
#include <sys/wait.h>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "tests/guests/child.h"
#include "tests/guests/fd.h"
#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

constexpr int kMany = 1000;

class ProcessMany : public FsTest {};

TEST_F(ProcessMany, AThousandLiveAndWork) {
  Put(P("shared"), "for all\n");
  Pipe ready, go;
  std::vector<pid_t> children;
  for (int i = 0; i < kMany; ++i) {
    const pid_t child = Fork([&] {
      go.CloseWriter();
      ready.Notify();
      EXPECT_FALSE(go.Await());  // The end of file lets all go on at once.
      EXPECT_EQ(Get(P("shared")), "for all\n");
      EXPECT_EQ(Stat(P("shared")).st_size, 8);
    });
    ASSERT_GT(child, 0) << strerror(errno) << " after " << i;
    children.push_back(child);
  }
  for (int i = 0; i < kMany; ++i) ASSERT_TRUE(ready.Await());
  for (pid_t child : children) EXPECT_EQ(kill(child, 0), 0);
  // While they wait, one more works as ever.
  PassesInChild([&] { Put(P("own"), "mine\n"); });
  EXPECT_EQ(Get(P("own")), "mine\n");

  go.CloseWriter();
  for (pid_t child : children) EXPECT_EQ(WaitFor(child), 0);
}

TEST_F(ProcessMany, DescriptorLimitsAreTheHosts) {
  const char* host = std::getenv("UM_HOST_NOFILE");  // "SOFT HARD" where the test was started
  ASSERT_NE(host, nullptr);
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  std::ostringstream text;
  text << limit.rlim_cur << " " << limit.rlim_max;
  EXPECT_EQ(text.str(), host);
}

// No descriptor of the view's takes a place: every number below the limit can be had, as natively.
TEST_F(ProcessMany, EveryNumberBelowTheLimitCanBeHad) {
  Put(P("f"), "x");
  PassesInChild([&] {
    constexpr int kLimit = 200;
    const rlimit limit = {kLimit, kLimit};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    std::vector<bool> taken(kLimit);
    for (int fd = 0; fd < kLimit; ++fd) taken[fd] = fcntl(fd, F_GETFD) >= 0;
    for (int fd = 0; fd < kLimit; ++fd) {
      if (taken[fd]) continue;
      ASSERT_THAT(open(P("f").c_str(), O_RDONLY), SyscallSucceedsWithValue(fd));
    }
    EXPECT_THAT(open(P("f").c_str(), O_RDONLY), SyscallFailsWithErrno(EMFILE));
  });
}

}  // namespace
}  // namespace guest
