// Trees: every way to make a process or a thread.
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "sdk/base/mutex.h"
#include "sdk/engine/ptrace/engine_test_util.h"

namespace umsdk {
namespace {

INSTANTIATE_ENGINE_MODES(PtraceEngineTest);

int StatusOf(pid_t pid) {
  int status = -1;
  while (::waitpid(pid, &status, __WALL) < 0 && errno == EINTR) continue;
  return status;
}

Verdict Answer42(TrappedCall&) { return Verdict::Return(42); }
bool Asked42() { return Ask() == 42; }

// The child's end of each test: 0 when its calls are caught.
[[noreturn]] void Check() { ::_exit(Asked42() ? 0 : 1); }

long Clone3(uint64_t flags) {
  clone_args args = {};
  args.flags = flags;
  args.exit_signal = SIGCHLD;
  return ::syscall(SYS_clone3, &args, sizeof(args));
}

GUEST(ForkVforkClone3) {
  pid_t child = ::fork();
  if (child == 0) Check();
  if (StatusOf(child) != 0) return 1;
  child = ::vfork();
  if (child == 0) Check();
  if (StatusOf(child) != 0) return 2;
  child = static_cast<pid_t>(Clone3(0));
  if (child == 0) Check();
  if (StatusOf(child) != 0) return 3;
  char* argv[] = {const_cast<char*>("test"), const_cast<char*>("--guest"),
                  const_cast<char*>("IsCaught"), nullptr};
  if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, argv, environ) != 0) return 4;
  return StatusOf(child) == 0 ? 0 : 5;
}

GUEST(IsCaught) { return Asked42() ? 0 : 1; }

TEST_P(PtraceEngineTest, EveryKindOfChildIsCaught) {
  EXPECT_EQ(Run("ForkVforkClone3", Answer42), Exited(0));
}

GUEST(Untraced) {
  pid_t child = static_cast<pid_t>(::syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0));
  if (child == 0) Check();
  if (StatusOf(child) != 0) return 1;
  child = static_cast<pid_t>(Clone3(CLONE_UNTRACED));
  if (child == 0) Check();
  return StatusOf(child) == 0 ? 0 : 2;
}

TEST_P(PtraceEngineTest, NobodyLeavesByCloneUntraced) {
  EXPECT_EQ(Run("Untraced", Answer42), Exited(0));
}

GUEST(FiftyThreads) {
  std::atomic<int> caught = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&caught] {
      for (int k = 0; k < 20; ++k) caught += Asked42();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return caught == 1000 ? 0 : 1;
}

TEST_P(PtraceEngineTest, FiftyThreads) { EXPECT_EQ(Run("FiftyThreads", Answer42), Exited(0)); }

// Two threads whose calls wait for each other's.
GUEST(TwoThreadsMeet) {
  std::thread other([] { Ask(1); });
  Ask(1);
  other.join();
  return 0;
}

// `announced`: the handlers say that they block; else they are merely slow.
void ExpectHandlersMeet(bool announced,
                        const std::function<int(FunctionHandler::Function)>& run) {
  Mutex mutex;
  CondVar changed;
  int inside = 0;
  EXPECT_EQ(run([&](TrappedCall& call) {
              if (announced) call.WillBlock();
              MutexLock lock(mutex);
              ++inside;
              changed.notify_all();
              while (inside < 2) changed.wait(mutex);
              return Verdict::Return(0);
            }),
            Exited(0));
}

TEST_P(PtraceEngineTest, AHandlerThatBlocksDoesNotHoldUpOthers) {
  auto run = [this](FunctionHandler::Function f) { return Run("TwoThreadsMeet", std::move(f)); };
  ExpectHandlersMeet(/*announced=*/true, run);
  ExpectHandlersMeet(/*announced=*/false, run);
}

GUEST(HundredThreadsMeet) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 100; ++i) threads.emplace_back([] { Ask(1); });
  for (std::thread& thread : threads) thread.join();
  return 0;
}

TEST_P(PtraceEngineTest, ManyHandlersBlockAtOnce) {
  Mutex mutex;
  CondVar changed;
  int inside = 0;
  EXPECT_EQ(Run("HundredThreadsMeet",
                [&](TrappedCall& call) {
                  call.WillBlock();
                  MutexLock lock(mutex);
                  ++inside;
                  changed.notify_all();
                  while (inside < 100) changed.wait(mutex);
                  return Verdict::Return(0);
                }),
            Exited(0));
}

GUEST(ExecByAnotherThread) {
  // The first thread waits in a call whose handler blocks; both ids of the execing thread are used.
  std::thread([] {
    Ask(2);
    ::execl("/proc/self/exe", "test", "--guest", "IsCaught", nullptr);
  }).detach();
  Ask(1);
  return 5;
}

TEST_P(PtraceEngineTest, ExecByAThreadThatIsNotTheFirst) {
  std::atomic<bool> blocked = false, gone = false;
  auto handler = [&](TrappedCall& call) {
    if (call.arg(0) == 1) {
      call.WillBlock();
      blocked = true;
      while (call.StillThere()) std::this_thread::yield();
      EXPECT_EQ(call.InstallFd(0, false).error(), Errno(ESRCH));
      char byte;
      EXPECT_EQ(call.ReadMemory(call.arg(1), &byte, 1), 0u);
      gone = true;
    } else if (call.arg(0) == 2) {
      call.WillBlock();
      while (!blocked) std::this_thread::yield();
    }
    return Verdict::Return(42);
  };
  EXPECT_EQ(Run("ExecByAnotherThread", handler), Exited(0));
  EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace umsdk
