#include "frontends/doctor/trial.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

namespace umsdk::frontends {
namespace {

TEST(TrialTest, BringsTheResultBack) {
  EXPECT_TRUE(TryInChild([] { return TrialResult(); }).ok());
  TrialResult result = TryInChild([] {
    errno = EBUSY;
    return Failed("the step");
  });
  EXPECT_EQ(result.error, EBUSY);
  EXPECT_EQ(result.step, "the step");
}

TEST(TrialTest, ACrashIsAFailure) {
  EXPECT_EQ(TryInChild([]() -> TrialResult { ::_exit(0); }).step, "the test crashed");
  TrialResult killed = TryInChild([]() -> TrialResult {
    ::raise(SIGSYS);
    return {};
  });
  EXPECT_EQ(killed.error, EPERM);
  EXPECT_EQ(killed.step, "killed by a seccomp filter (SIGSYS)");
}

TEST(TrialTest, AHangIsAFailure) {
  TrialResult result = TryInChild(
      []() -> TrialResult {
        while (true) ::pause();
      },
      /*seconds=*/1);
  EXPECT_EQ(result.error, ETIMEDOUT);
}

TEST(HelperTest, TellsItsEnd) {
  EXPECT_TRUE(Helper([] { return 0; }).Succeeds());
  EXPECT_FALSE(Helper([] { return 1; }).Succeeds());
}

TEST(HelperTest, GoesWithItsObject) {
  pid_t pid;
  {
    Helper sleeper([] { return ::pause(); });
    pid = sleeper.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(ChannelTest, PassesDescriptors) {
  Channel channel;
  ASSERT_TRUE(channel.valid());
  UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC)), received;
  EXPECT_TRUE(channel.Send(0, null.get()));
  EXPECT_TRUE(channel.Receive(1, &received));
  EXPECT_TRUE(received.valid());
  EXPECT_TRUE(channel.Send(1));
  EXPECT_TRUE(channel.Receive(0));
  channel.Close(0);
  EXPECT_FALSE(channel.Receive(1));
}

}  // namespace
}  // namespace umsdk::frontends
