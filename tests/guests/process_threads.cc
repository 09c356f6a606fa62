// Threads: many at once, cancelled, and with resources of their own.
#include <pthread.h>
#include <sys/syscall.h>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

using ProcessThreads = FsTest;

TEST_F(ProcessThreads, FiftyThreadsUseFilesAtOnce) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&, i] {
      const std::string path = P("f" + std::to_string(i));
      for (int round = 0; round < 10; ++round) {
        const std::string text = std::to_string(i) + ":" + std::to_string(round);
        Put(path, text);
        if (Get(path) == text && Stat(path).st_size == static_cast<off_t>(text.size())) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 500);
}

struct Canceled {
  Pipe pipe;
  Pipe tid;
  std::string fifo;
  bool cleaned = false;
  bool destroyed = false;
};

struct SetOnExit {
  ~SetOnExit() { *flag = true; }
  bool* flag;
};

// Lets a thread block in `block`, cancels it there and expects its cleanup to have run.
void ExpectCancelUnwinds(Canceled* state, long number, void* (*block)(void*)) {
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, nullptr, block, state), 0);
  pid_t tid = 0;
  ASSERT_EQ(read(state->tid.reader(), &tid, sizeof(tid)), static_cast<ssize_t>(sizeof(tid)));
  AwaitBlockedIn(tid, number);
  ASSERT_EQ(pthread_cancel(thread), 0);
  void* result = nullptr;
  ASSERT_EQ(pthread_join(thread, &result), 0);
  EXPECT_EQ(result, PTHREAD_CANCELED);
  EXPECT_TRUE(state->cleaned) << "the cleanup handler did not run";
  EXPECT_TRUE(state->destroyed) << "the stack was not unwound";
}

template <typename Body>
void Cancelable(Canceled* state, Body body) {
  const SetOnExit destroyed{&state->destroyed};
  const pid_t tid = static_cast<pid_t>(syscall(SYS_gettid));
  EXPECT_EQ(write(state->tid.writer(), &tid, sizeof(tid)), static_cast<ssize_t>(sizeof(tid)));
  pthread_cleanup_push([](void* flag) { *static_cast<bool*>(flag) = true; }, &state->cleaned);
  body();
  pthread_cleanup_pop(0);
}

TEST_F(ProcessThreads, CancelInBlockedReadRunsCleanup) {
  Canceled state;
  ExpectCancelUnwinds(&state, SYS_read, [](void* arg) -> void* {
    auto* mine = static_cast<Canceled*>(arg);
    Cancelable(mine, [&] {
      char byte;
      if (read(mine->pipe.reader(), &byte, 1) != -2) ADD_FAILURE() << "read came back";
    });
    return nullptr;
  });
}

TEST_F(ProcessThreads, CancelInBlockedOpenRunsCleanup) {
  Canceled state;
  state.fifo = P("fifo");
  ASSERT_THAT(mkfifo(state.fifo.c_str(), 0600), SyscallSucceeds());
  ExpectCancelUnwinds(&state, SYS_openat, [](void* arg) -> void* {
    auto* mine = static_cast<Canceled*>(arg);
    Cancelable(mine, [&] {
      if (open(mine->fifo.c_str(), O_RDONLY) != -2) ADD_FAILURE() << "open came back";
    });
    return nullptr;
  });
}

TEST_F(ProcessThreads, UnsharedDescriptorTableIsTheThreadsOwn) {
  const Fd shared = Open(P("shared"), O_RDWR | O_CREAT);
  std::thread([&] {
    ASSERT_THAT(unshare(CLONE_FILES), SyscallSucceeds());
    // The same number is another file from now on, in this thread only.
    const int own = open(P("own").c_str(), O_RDWR | O_CREAT, 0600);
    ASSERT_THAT(dup2(own, shared.get()), SyscallSucceedsWithValue(shared.get()));
    ASSERT_THAT(write(shared.get(), "own", 3), SyscallSucceedsWithValue(3));
    // join() returns before the kernel has closed the table of a thread.
    ASSERT_THAT(syscall(SYS_close_range, 3, ~0u, 0), SyscallSucceeds());
  }).join();
  EXPECT_EQ(Get(P("own")), "own");
  EXPECT_EQ(Get(P("shared")), "");
  EXPECT_THAT(write(shared.get(), "shared", 6), SyscallSucceedsWithValue(6));
  EXPECT_EQ(Get(P("shared")), "shared");
}

TEST_F(ProcessThreads, UnsharedWorkingDirectoryIsTheThreadsOwn) {
  char before[4096];
  ASSERT_NE(getcwd(before, sizeof(before)), nullptr);
  Put(P("here"), "yes");
  std::thread([&] {
    ASSERT_THAT(unshare(CLONE_FS), SyscallSucceeds());
    ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
    EXPECT_EQ(Get("here"), "yes");
    EXPECT_THAT(chdir("/"), SyscallSucceeds()) << "so that the directory is free after join()";
  }).join();
  char after[4096];
  ASSERT_NE(getcwd(after, sizeof(after)), nullptr);
  EXPECT_STREQ(before, after);
  EXPECT_THAT(access("here", F_OK), SyscallFailsWithErrno(ENOENT));
}

}  // namespace
}  // namespace guest
