// The test plays the shell: its child is a job of its own process group in which JobControl runs,
// with a guest below that reports on a pipe when it is continued.
#include "frontends/session/job_control.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frontends/session/process_state.h"
#include "frontends/testing/pipe.h"

namespace umsdk::frontends {
namespace {

int guest_pipe = -1;  // of the guest, for its handler

void ReportContinued(int) { [[maybe_unused]] ssize_t count = ::write(guest_pipe, "c", 1); }

[[noreturn]] void RunGuest(bool own_group, int out) {
  if (own_group) ::setpgid(0, 0);
  for (int signal : {SIGINT, SIGTSTP, SIGTERM}) ::signal(signal, SIG_DFL);
  guest_pipe = out;
  ::signal(SIGCONT, &ReportContinued);
  pid_t pid = ::getpid();
  [[maybe_unused]] ssize_t count = ::write(out, &pid, sizeof(pid));
  while (true) ::pause();
}

// What the SDK does for umview: tells of stops, returns when the guest is gone.
void WatchGuest(pid_t guest, JobControl& jobs) {
  int status = 0;
  while (::waitpid(guest, &status, WUNTRACED) == guest && WIFSTOPPED(status)) {
    jobs.NotifyStop(WSTOPSIG(status));
  }
}

[[noreturn]] void RunJob(bool own_group, int out) {
  ::setpgid(0, 0);
  JobControl jobs;
  if (!jobs.Open().ok()) ::_exit(90);
  pid_t guest = ::fork();
  if (guest == 0) RunGuest(own_group, out);
  auto terminate = [guest] { ::kill(guest, SIGKILL); };
  int ticks = 0;
  jobs.Start({guest, terminate}, [&] { return ++ticks < 0; });
  pid_t self = ::getpid();
  [[maybe_unused]] ssize_t count = ::write(out, &self, sizeof(self));
  WatchGuest(guest, jobs);
  jobs.Finish();
  ::_exit(jobs.termination_signal() != 0 ? 128 + jobs.termination_signal() : 0);
}

// A job with its guest, and what a shell does with it.
class Job {
 public:
  explicit Job(bool own_group) {
    job_ = ::fork();
    if (job_ == 0) RunJob(own_group, pipe_.out.get());
    pipe_.out.Reset();
    // Both say who they are when they are ready, in any order.
    for (int i = 0; i < 2; ++i) {
      pid_t pid = 0;
      EXPECT_EQ(::read(pipe_.in.get(), &pid, sizeof(pid)), static_cast<ssize_t>(sizeof(pid)));
      if (pid != job_) guest_ = pid;
    }
  }
  ~Job() {
    if (!ended_) {
      ::kill(guest_, SIGKILL);
      ::kill(job_, SIGKILL);
      ::waitpid(job_, nullptr, 0);
    }
  }
  // Waits for the next change of the job's state.
  int Wait() {
    int status = 0;
    EXPECT_EQ(::waitpid(job_, &status, WUNTRACED), job_);
    ended_ = !WIFSTOPPED(status);
    return status;
  }
  char NextReport() {
    char byte = 0;
    return ::read(pipe_.in.get(), &byte, 1) == 1 ? byte : 0;
  }
  pid_t job() const { return job_; }
  pid_t guest() const { return guest_; }

 private:
  Pipe pipe_;
  pid_t job_ = 0, guest_ = 0;
  bool ended_ = false;
};

TEST(JobControlTest, TheJobStopsWithItsGuestAndContinuesIt) {
  for (int signal : {SIGSTOP, SIGTSTP}) {
    Job job(/*own_group=*/true);
    ::kill(job.guest(), signal);
    int status = job.Wait();
    ASSERT_TRUE(WIFSTOPPED(status));
    EXPECT_EQ(WSTOPSIG(status), signal);
    EXPECT_TRUE(IsStopped(job.guest()));
    ::kill(-job.job(), SIGCONT);
    EXPECT_EQ(job.NextReport(), 'c');
  }
}

TEST(JobControlTest, AStopOfTheWholeGroupStopsTheJobOnce) {
  Job job(/*own_group=*/false);
  ::kill(-job.job(), SIGTSTP);  // as Ctrl-Z
  int status = job.Wait();
  ASSERT_TRUE(WIFSTOPPED(status));
  EXPECT_EQ(WSTOPSIG(status), SIGTSTP);
  ::kill(-job.job(), SIGCONT);
  EXPECT_EQ(job.NextReport(), 'c');
  ::kill(job.job(), SIGTERM);  // it runs, so it can end
  EXPECT_EQ(WEXITSTATUS(job.Wait()), 128 + SIGTERM);
}

TEST(JobControlTest, KeyboardSignalsAreTheGuestsAlone) {
  Job job(/*own_group=*/true);
  ::kill(job.job(), SIGINT);
  ::kill(job.job(), SIGQUIT);
  ::kill(job.job(), SIGTSTP);
  ::kill(job.job(), SIGTTIN);
  ::kill(job.guest(), SIGINT);  // ends the guest, and with it the job
  int status = job.Wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(JobControlTest, TerminationEndsTheGuestFirst) {
  for (int signal : {SIGTERM, SIGHUP}) {
    Job job(/*own_group=*/true);
    ::kill(job.job(), signal);
    int status = job.Wait();
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 128 + signal);
    EXPECT_NE(::kill(job.guest(), 0), 0);
  }
}

TEST(JobControlTest, AnIgnoredHangupStaysIgnored) {
  ::signal(SIGHUP, SIG_IGN);  // as nohup does
  Job job(/*own_group=*/true);
  ::signal(SIGHUP, SIG_DFL);
  ::kill(job.job(), SIGHUP);
  ::kill(job.job(), SIGTERM);
  EXPECT_EQ(WEXITSTATUS(job.Wait()), 128 + SIGTERM);
}

// A job that is over but for what was mounted; it says 't' for each signal that it lived through.
[[noreturn]] void RunEnding(int out) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
  JobControl jobs;
  if (!jobs.Open().ok()) ::_exit(90);
  jobs.Start({::getpid(), [] {}}, [out] { return ::write(out, "t", 1) < 0; });
  jobs.Finish();
  jobs.WatchEnd();
  while (true) ::pause();
}

TEST(JobControlTest, TheSecondSignalEndsWhatWaitsForMounts) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Pipe pipe;
    pid_t job = ::fork();
    if (job == 0) RunEnding(pipe.out.get());
    pipe.out.Reset();
    auto next = [&pipe] {
      char byte = 0;
      return ::read(pipe.in.get(), &byte, 1) == 1 ? byte : 'e';
    };
    // At Start(), Finish() and WatchEnd().
    for (int i = 0; i < 3; ++i) EXPECT_EQ(next(), 't');
    ::kill(job, SIGTERM);
    EXPECT_EQ(next(), 't');
    ::kill(job, signal);
    EXPECT_EQ(next(), 'e');
    ::kill(job, SIGKILL);  // for one that still lives
    int status = 0;
    ASSERT_EQ(::waitpid(job, &status, 0), job);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), signal);
  }
}

TEST(JobControlTest, DispositionsAreRestored) {
  {
    JobControl jobs;
    ASSERT_TRUE(jobs.Open().ok());
    jobs.Start({::getpid(), [] {}}, [] { return false; });
    jobs.Finish();
  }
  for (int signal : {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE}) {
    struct sigaction action;
    ::sigaction(signal, nullptr, &action);
    EXPECT_EQ(action.sa_handler, SIG_DFL) << signal;
  }
}

}  // namespace
}  // namespace umsdk::frontends
