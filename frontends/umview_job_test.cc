// The command of a stopped umview is continued from outside: umview goes on, too. The test plays the
// shell that umview's job belongs to.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "frontends/testing/pipe.h"
#include "frontends/testing/umview_test_base.h"

namespace umsdk::frontends {
namespace {

// umview in a process group of its own, with a shell as its command: that tells its pid, waits for a
// line, makes calls that the view has to answer, and exits with 7.
class Job {
 public:
  explicit Job(std::vector<std::string> argv) {
    const std::vector<std::string> command = {"sh", "-c", "echo $$; read line; ls / >&2; exit 7"};
    argv.insert(argv.end(), command.begin(), command.end());
    pid_ = ::fork();
    if (pid_ == 0) Execute(argv);
    from_.out.Reset();
    to_.in.Reset();
    std::string line;
    for (char byte = 0; ::read(from_.in.get(), &byte, 1) == 1 && byte != '\n';) line += byte;
    guest_ = std::atoi(line.c_str());
  }
  ~Job() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  // The next change of umview's state; continuations are not told.
  int Wait() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, WUNTRACED), pid_);
    ended_ = !WIFSTOPPED(status);
    return status;
  }
  // False, too, when umview did not run the command.
  bool Signal(int signal) const { return guest_ > 0 && ::kill(guest_, signal) == 0; }
  void GiveLine() { EXPECT_EQ(::write(to_.out.get(), "\n", 1), 1); }

 private:
  [[noreturn]] void Execute(const std::vector<std::string>& argv) {
    ::setpgid(0, 0);
    ::dup2(to_.in.get(), 0);
    ::dup2(from_.out.get(), 1);
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execv(words[0], words.data());
    ::_exit(127);
  }

  Pipe to_, from_;
  pid_t pid_ = -1, guest_ = 0;
  bool ended_ = false;
};

class UmviewJobTest : public UmviewTestBase {};
INSTANTIATE_TEST_SUITE_P(Engines, UmviewJobTest, testing::Values("notify", "ptrace"));

TEST_P(UmviewJobTest, AContinuedCommandContinuesUmview) {
  for (int signal : {SIGSTOP, SIGTSTP}) {
    Job job(Argv({}));
    ASSERT_TRUE(job.Signal(signal));
    int status = job.Wait();
    ASSERT_TRUE(WIFSTOPPED(status)) << status;
    ASSERT_TRUE(job.Signal(SIGCONT));
    job.GiveLine();
    status = job.Wait();
    ASSERT_TRUE(WIFEXITED(status)) << status;
    EXPECT_EQ(WEXITSTATUS(status), 7);
  }
}

// umview may be on its way to stop like its command when that goes on already.
TEST_P(UmviewJobTest, AShortStopDoesNotLeaveUmviewStopped) {
  for (int i = 0; i < 10; ++i) {
    Job job(Argv({}));
    ASSERT_TRUE(job.Signal(SIGSTOP));
    ASSERT_TRUE(job.Signal(SIGCONT));
    job.GiveLine();
    int status = job.Wait();
    if (WIFSTOPPED(status)) status = job.Wait();
    ASSERT_TRUE(WIFEXITED(status)) << status;
    EXPECT_EQ(WEXITSTATUS(status), 7);
  }
}

}  // namespace
}  // namespace umsdk::frontends
