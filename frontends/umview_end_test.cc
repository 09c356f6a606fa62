// How a view ends, under both engines.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frontends/testing/pipe.h"
#include "frontends/testing/umview_test_base.h"

namespace umsdk::frontends {
namespace {

class UmviewEndTest : public UmviewTestBase {};

// Starts umview, waits for a line of its command, sends a signal to umview and then an empty line
// to the command; returns umview's wait status.
int StatusAfterSignal(std::vector<std::string> argv, int signal, std::string* out) {
  Pipe from, to;
  pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(to.in.get(), 0);
    ::dup2(from.out.get(), 1);
    std::vector<char*> pointers;
    for (std::string& word : argv) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execv(pointers[0], pointers.data());
    ::_exit(99);
  }
  from.out.Reset();
  char buffer[256];
  ssize_t count = ::read(from.in.get(), buffer, sizeof(buffer));
  EXPECT_GT(count, 0);
  ::kill(pid, signal);
  EXPECT_EQ(::write(to.out.get(), "\n", 1), 1);
  while ((count = ::read(from.in.get(), buffer, sizeof(buffer))) > 0) {
    out->append(buffer, static_cast<size_t>(count));
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return status;
}

TEST_P(UmviewEndTest, WhatIsLeftEndsWithTheCommand) {
  // The background process holds our end of the pipe: reading to its end proves that it is gone.
  ProgramResult result = Shell({}, "sleep 1000 & echo $!");
  EXPECT_EQ(result.code, 0);
  EXPECT_NE(::kill(::atoi(result.out.c_str()), 0), 0);
}

TEST_P(UmviewEndTest, LingerWaitsForAll) {
  ProgramResult result =
      Shell({"--linger"}, "(while kill -0 $$ 2>/dev/null; do :; done; echo late) & echo early");
  EXPECT_EQ(result.out, "early\nlate\n");
}

TEST_P(UmviewEndTest, TerminationEndsTheViewInOrder) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer runs no signal handler while the thread waits in recvmsg(2)";
#endif
  for (int signal : {SIGTERM, SIGHUP}) {
    std::string out;
    int status = StatusAfterSignal(
        Argv({"sh", "-c", "trap 'echo bye; exit 0' TERM; echo ready; sleep 1000 & wait"}), signal,
        &out);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 128 + signal);
    EXPECT_EQ(out, "bye\n");
  }
}

TEST_P(UmviewEndTest, KeyboardSignalsToUmviewAreIgnored) {
  std::string out;
  int status =
      StatusAfterSignal(Argv({"sh", "-c", "echo ready; read line; echo done"}), SIGINT, &out);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(out, "done\n");
}

INSTANTIATE_TEST_SUITE_P(Engines, UmviewEndTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
