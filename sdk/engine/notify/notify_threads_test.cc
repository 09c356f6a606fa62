// Many guest threads and processes at once.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

constexpr int kThreads = 50;

int InThreads(int (*run)(int)) {
  std::vector<std::thread> threads;
  std::atomic<int> line = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&line, run, i] {
      if (const int failed = run(i); failed != 0) line = failed;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return line;
}

int AskOften() {
  return InThreads([](int thread) {
    for (int i = 0; i < 200; ++i) GUEST_CHECK(Ask(thread, i) == thread * 1000 + i);
    return 0;
  });
}

int AskInChildren() {
  for (int child = 0; child < 20; ++child) {
    if (fork() != 0) continue;
    for (int i = 0; i < 50; ++i) GUEST_CHECK(Ask(child, i) == child * 1000 + i);
    return 0;
  }
  int failed = 0;
  for (int status; wait(&status) > 0;) failed += status != 0;
  GUEST_CHECK(failed == 0);
  return 0;
}

int Meet() {
  return InThreads([](int) {
    GUEST_CHECK(Ask() == 8);
    return 0;
  });
}

int WaitForAnother() {
  std::thread other([] { Ask(); });
  const long answer = AskMore();
  other.join();
  GUEST_CHECK(answer == 6);
  return 0;
}

constexpr GuestFunction kGuests[] = {{"ask_often", AskOften},
                                     {"ask_in_children", AskInChildren},
                                     {"meet", Meet},
                                     {"wait_for_another", WaitForAnother}};

HandlerMap Adding() {
  return {{kAsk, [](TrappedCall& call) {
             return Verdict::Return(static_cast<int64_t>(call.arg(0) * 1000 + call.arg(1)));
           }}};
}

TEST(NotifyThreads, EachGetsItsOwnAnswer) {
  EXPECT_EQ(TestTree("ask_often", Adding()).ExitCode(), 0);
}

TEST(NotifyThreads, EachProcessToo) {
  EXPECT_EQ(TestTree("ask_in_children", Adding()).ExitCode(), 0);
}

TEST(NotifyThreads, AllMayWaitAtOnce) {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  TestTree tree("meet", {{kAsk, [&](TrappedCall& call) {
                            call.WillBlock();
                            std::unique_lock lock(mutex);
                            ++waiting;
                            changed.notify_all();
                            changed.wait(lock, [&] { return waiting == kThreads; });
                            return Verdict::Return(8);
                          }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

// A handler that did not say that it would wait is relieved, too.
TEST(NotifyThreads, UnannouncedWaitStallsNobody) {
  std::atomic<bool> asked = false;
  TestTree tree("wait_for_another", {{kAsk,
                                      [&](TrappedCall&) {
                                        asked = true;
                                        asked.notify_all();
                                        return Verdict::Return(0);
                                      }},
                                     {kAskMore, [&](TrappedCall&) {
                                        asked.wait(false);
                                        return Verdict::Return(6);
                                      }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifyThreads, TreesDoNotDisturbEachOther) {
  std::vector<std::unique_ptr<TestTree>> trees;
  for (int i = 0; i < 4; ++i) trees.push_back(std::make_unique<TestTree>("ask_often", Adding()));
  trees[1].reset();
  EXPECT_EQ(trees[0]->ExitCode(), 0);
  EXPECT_EQ(trees[2]->ExitCode(), 0);
  EXPECT_EQ(trees[3]->ExitCode(), 0);
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
