#include "sdk/base/proc_stat.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

TEST(ProcStat, TellsOfThisProcess) {
  const std::optional<ProcStat> stat = ProcStat::Read(::getpid());
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->state(), 'R');
  EXPECT_EQ(stat->parent(), ::getppid());
  EXPECT_EQ(stat->Field(5), static_cast<uint64_t>(::getpgrp()));
  EXPECT_EQ(stat->Field(6), static_cast<uint64_t>(::getsid(0)));
  EXPECT_GT(stat->started(), 0u);
  EXPECT_GT(stat->Field(49), stat->Field(48)) << "arg_end, arg_start";
  EXPECT_EQ(stat->Field(200), 0u);
  EXPECT_EQ(ProcStat::ReadOwn()->started(), stat->started());
}

// A thread: a test's main thread keeps its name.
TEST(ProcStat, TheNameMayHoldAnything) {
  std::thread([] {
    ASSERT_EQ(::prctl(PR_SET_NAME, ") Z 1 (2) T 3"), 0);
    const std::optional<ProcStat> stat = ProcStat::Read(::gettid());
    ASSERT_TRUE(stat.has_value());
    EXPECT_EQ(stat->parent(), ::getppid());
    ASSERT_EQ(::prctl(PR_SET_NAME, ")"), 0);
    EXPECT_EQ(ProcStat::Read(::gettid())->parent(), ::getppid());
  }).join();
}

TEST(ProcStat, TellsWhoIsStoppedAndWhoIsGone) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::raise(SIGSTOP);
  }
  ASSERT_EQ(::waitpid(child, nullptr, WUNTRACED), child);
  const std::optional<ProcStat> stopped = ProcStat::Read(child);
  ASSERT_TRUE(stopped.has_value());
  EXPECT_EQ(stopped->state(), 'T');
  EXPECT_EQ(stopped->parent(), ::getpid());
  EXPECT_GE(stopped->started(), ProcStat::Read(::getpid())->started());
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(ProcStat::Read(child).has_value());
}

}  // namespace
}  // namespace umsdk
