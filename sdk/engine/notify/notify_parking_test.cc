// A background tree has no thread of ours while it makes no call, and is served when it makes one.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

// Asks, waits to be let on by a byte, asks again, says what it was told.
int AskTwice() {
  GUEST_CHECK(Ask(1) == 7);
  char byte;
  GUEST_CHECK(read(0, &byte, 1) == 1);
  GUEST_CHECK(Ask(2) == 7);
  return 0;
}

int AskAndStay() {
  if (fork() == 0) {
    for (;;) pause();
  }
  Ask();
  for (;;) pause();
}

constexpr GuestFunction kGuests[] = {{"ask_twice", AskTwice}, {"ask_and_stay", AskAndStay}};

HandlerMap Answering() {
  return {{kAsk, [](TrappedCall&) { return Verdict::Return(7); }}};
}

int Receivers() {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream comm(task.path() / "comm");
    std::string name;
    count += comm >> name && name == "um-receiver";
  }
  return count;
}

// Time does not decide: a pool that does not park makes the test time out.
void AwaitReceivers(int count) {
  while (Receivers() != count) sched_yield();
}

struct Guest {
  explicit Guest(const std::string& name) {
    LaunchSpec spec = GuestSpec(name);
    spec.background = true;
    spec.stdio[0] = input.reader.get();
    spec.stdio[1] = output.writer.get();
    tree = std::make_unique<TestTree>(spec, Answering());
  }

  void LetOn() { ASSERT_EQ(write(input.writer.get(), "x", 1), 1); }

  TestPipe input, output;
  std::unique_ptr<TestTree> tree;
};

TEST(NotifyParking, ParkedTreesAreServedAgain) {
  std::vector<std::unique_ptr<Guest>> guests;
  for (int i = 0; i < 8; ++i) guests.push_back(std::make_unique<Guest>("ask_twice"));
  AwaitReceivers(0);
  for (const auto& guest : guests) guest->LetOn();
  for (const auto& guest : guests) EXPECT_EQ(guest->tree->ExitCode(), 0);
}

TEST(NotifyParking, AForegroundTreeKeepsItsReceiver) {
  TestPipe input;
  LaunchSpec spec = GuestSpec("ask_twice");
  spec.stdio[0] = input.reader.get();
  TestTree tree(spec, Answering());
  Guest parked("ask_twice");
  AwaitReceivers(1);
  ASSERT_EQ(write(input.writer.get(), "x", 1), 1);
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifyParking, AParkedTreeIsTerminated) {
  Guest guest("ask_and_stay");
  AwaitReceivers(0);
  (*guest.tree)->Terminate(std::chrono::milliseconds(0), false);
  EXPECT_EQ(guest.output.ReadAll(), "");
  EXPECT_TRUE(WIFSIGNALED(guest.tree->Status()));
}

TEST(NotifyParking, AParkedTreeIsDestroyed) {
  TestPipe output;
  {
    Guest guest("ask_and_stay");
    AwaitReceivers(0);
    output.reader = std::move(guest.output.reader);
  }
  EXPECT_EQ(output.ReadAll(), "");
}

TEST(NotifyParking, NoGuestOutlivesTheWardenOfAParkedTree) {
  Guest guest("ask_and_stay");
  AwaitReceivers(0);
  std::ifstream status("/proc/" + std::to_string((*guest.tree)->pid()) + "/status");
  pid_t warden = -1;
  for (std::string word; status >> word;) {
    if (word == "PPid:") status >> warden;
  }
  ASSERT_GT(warden, 1);
  ASSERT_EQ(kill(warden, SIGKILL), 0);
  EXPECT_EQ((*guest.tree)->WaitEvent().kind, GuestEvent::Kind::kLost);
  EXPECT_EQ(guest.output.ReadAll(), "");
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
