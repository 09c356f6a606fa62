// TrappedCall: memory and descriptors of a guest.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

#include "sdk/engine/notify/tree_test_support.h"

namespace umsdk {
namespace {

constexpr size_t kPage = 4096;

// A page with `protection`, the next one inaccessible; filled with 'x'.
char* PageBeforeAHole(int protection) {
  void* memory =
      mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) _exit(99);
  auto* page = static_cast<char*>(memory);
  std::memset(page, 'x', kPage);
  mprotect(page + kPage, kPage, PROT_NONE);
  mprotect(page, kPage, protection);
  return page;
}

int ReadBeforeAHole() {
  const char* page = PageBeforeAHole(PROT_READ);
  GUEST_CHECK(Ask(page + kPage - 10, 20) == 10);
  GUEST_CHECK(Ask(page, kPage) == kPage);
  GUEST_CHECK(Ask(page + 1, 2 * kPage) == kPage - 1);
  GUEST_CHECK(Ask(page + kPage, 1) == 0);
  GUEST_CHECK(Ask(nullptr, 1) == 0);
  GUEST_CHECK(Ask(~0ull, 1) == 0);
  GUEST_CHECK(Ask(page, 0) == 0);
  return 0;
}

int WriteBeforeAHole() {
  char* page = PageBeforeAHole(PROT_READ | PROT_WRITE);
  GUEST_CHECK(Ask(page + kPage - 3, 20) == 3);
  GUEST_CHECK(std::string(page + kPage - 4, 4) == "xwww");
  GUEST_CHECK(Ask(page, kPage + 1) == kPage);
  GUEST_CHECK(page[0] == 'w');
  const char* constant = PageBeforeAHole(PROT_READ);
  GUEST_CHECK(Ask(constant, 4) == 0);
  GUEST_CHECK(constant[0] == 'x');
  GUEST_CHECK(AskMore(constant, 4) == 1);
  GUEST_CHECK(std::string(constant, 5) == "wwwwx");
  GUEST_CHECK(AskMore(nullptr, 4) == 0);
  return 0;
}

int UseDescriptors() {
  int pipe_ends[2];
  GUEST_CHECK(pipe(pipe_ends) == 0);
  const int lowest = dup(0);
  close(lowest);
  GUEST_CHECK(Ask(pipe_ends[1], 0, 0) == lowest);
  GUEST_CHECK(fcntl(lowest, F_GETFD) == 0);
  GUEST_CHECK(Ask(pipe_ends[1], 1, 100) == 100);
  GUEST_CHECK(fcntl(100, F_GETFD) == FD_CLOEXEC);
  GUEST_CHECK(Ask(pipe_ends[1], 0, 100) == 101);
  GUEST_CHECK(write(100, "a", 1) == 1 && write(lowest, "b", 1) == 1);
  char bytes[3] = {};
  GUEST_CHECK(read(pipe_ends[0], bytes, 2) == 2 && std::strcmp(bytes, "ab") == 0);
  // The same open file description, not another one of the same file.
  GUEST_CHECK(fcntl(100, F_SETFL, O_NONBLOCK) == 0);
  GUEST_CHECK((fcntl(pipe_ends[1], F_GETFL) & O_NONBLOCK) != 0);
  GUEST_CHECK(Ask(777, 0, 0) == -1 && errno == EBADF);
  GUEST_CHECK(Ask(-1, 0, 0) == -1 && errno == EBADF);
  const rlimit few = {.rlim_cur = 3, .rlim_max = 3};
  GUEST_CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
  GUEST_CHECK(Ask(pipe_ends[1], 0, 0) == -1 && errno == EMFILE);
  GUEST_CHECK(Ask(pipe_ends[1], 0, 200) == -1 && errno == EMFILE);
  return 0;
}

int PassArguments() {
  GUEST_CHECK(Ask(1, ~0ull, 3, 4, 5, 1ull << 63) == -12345678);
  return 0;
}

constexpr GuestFunction kGuests[] = {{"read_before_a_hole", ReadBeforeAHole},
                                     {"write_before_a_hole", WriteBeforeAHole},
                                     {"use_descriptors", UseDescriptors},
                                     {"pass_arguments", PassArguments}};

TEST(NotifyCall, HasNumberArgumentsAndThread) {
  TestTree* running = nullptr;
  std::atomic<bool> launched = false;
  TestTree tree(
      "pass_arguments",
      {{kAsk, [&](TrappedCall& call) {
          launched.wait(false);
          EXPECT_EQ(call.tid(), (*running)->pid());
          EXPECT_EQ(call.number(), kAsk);
          EXPECT_EQ(call.args(), (std::array<uint64_t, 6>{1, ~0ull, 3, 4, 5, 1ull << 63}));
          return Verdict::Return(-12345678);  // not an errno
        }}});
  running = &tree;
  launched = true;
  launched.notify_all();
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifyCall, ReadsUpToTheFirstInaccessibleByte) {
  TestTree tree("read_before_a_hole",
                {{kAsk, [](TrappedCall& call) {
                    std::string bytes(call.arg(1), '-');
                    const size_t size = call.ReadMemory(call.arg(0), bytes.data(), bytes.size());
                    EXPECT_EQ(bytes,
                              std::string(size, 'x') + std::string(bytes.size() - size, '-'));
                    return Verdict::Return(static_cast<int64_t>(size));
                  }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifyCall, WritesWhatTheGuestMayWriteAndPokesTheRest) {
  TestTree tree(
      "write_before_a_hole",
      {{kAsk,
        [](TrappedCall& call) {
          const std::string bytes(call.arg(1), 'w');
          return Verdict::Return(
              static_cast<int64_t>(call.WriteMemory(call.arg(0), bytes.data(), bytes.size())));
        }},
       {kAskMore, [](TrappedCall& call) {
          const std::string bytes(call.arg(1), 'w');
          return Verdict::Return(call.PokeMemory(call.arg(0), bytes.data(), bytes.size()) ? 1 : 0);
        }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

TEST(NotifyCall, TakesAndInstallsDescriptors) {
  TestTree tree("use_descriptors",
                {{kAsk, [](TrappedCall& call) {
                    const ErrnoOr<UniqueFd> taken = call.TakeFd(static_cast<int>(call.arg(0)));
                    if (!taken.ok()) return Verdict::Fail(taken.error());
                    const ErrnoOr<int> number = call.InstallFd(taken->get(), call.arg(1) != 0,
                                                               static_cast<int>(call.arg(2)));
                    return number.ok() ? Verdict::Return(*number) : Verdict::Fail(number.error());
                  }}});
  EXPECT_EQ(tree.ExitCode(), 0);
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::TestMain(argc, argv, umsdk::kGuests); }
