// Call numbers and entries that no table knows are answered; they harm nobody.
#include <sys/syscall.h>
#include <csignal>

#include "tests/guests/guest_test.h"

namespace guest {
namespace {

constexpr long kX32 = 0x40000000;

class CallNumbers : public ::testing::Test {
 protected:
  void TearDown() override {
    EXPECT_FALSE(Get("/etc/passwd").empty()) << "the view lives on";
    EXPECT_TRUE(ExitedWith(ForkAndWait([] { _exit(3); }), 3));
  }
};

TEST_F(CallNumbers, UnknownOnesAreEnosys) {
  for (long number : {600L, 1000L, 4096L, 100000L, 0x10000000L, 0x7fffffffL, -1L, -2L, -1000L}) {
    EXPECT_THAT(syscall(number, 1, 2, 3, 4, 5, 6), SyscallFailsWithErrno(ENOSYS)) << number;
  }
}

TEST_F(CallNumbers, HighHalfIsNotPartOfANumber) {
  // The kernel takes the low 32 bits: whatever it does with them, the engine must do as well.
  EXPECT_THAT(syscall(0x100000000L + 1000), SyscallFailsWithErrno(ENOSYS));
}

TEST_F(CallNumbers, RemovedOnesAreEnosys) {
  for (long number : {SYS_create_module, SYS_query_module, SYS_nfsservctl, SYS_vserver}) {
    EXPECT_THAT(syscall(number, 0, 0, 0, 0, 0, 0), SyscallFailsWithErrno(ENOSYS)) << number;
  }
}

TEST_F(CallNumbers, X32EntriesAreEnosys) {
  if (Engine() == "native") {
    if (syscall(kX32 | SYS_getpid) != -1) GTEST_SKIP() << "this kernel runs x32 programs";
  }
  for (long number : {kX32 | SYS_getpid, kX32 | 1000, 0x40000027L, kX32 | SYS_openat, kX32 | 520}) {
    EXPECT_THAT(syscall(number, 0, 0, 0, 0, 0, 0), SyscallFailsWithErrno(ENOSYS)) << number;
  }
}

// The i386 entry, with the number of getpid there (20: writev here).
long Int80(long number, long argument) {
  long result;
  asm volatile("int $0x80"
               : "=a"(result)
               : "a"(number), "b"(argument)
               : "memory", "r8", "r9", "r10", "r11");
  return result;
}

TEST_F(CallNumbers, Int80) {
  constexpr long kGetpid = 20;
  const auto expect_engine_dependent = [] {
    const long result = Int80(kGetpid, 0);
    if (Engine() == "native") {
      EXPECT_EQ(result, getpid());
    } else {
      EXPECT_EQ(result, -ENOSYS) << "it would run outside of the view";
    }
  };
  const int status = ForkAndWait(expect_engine_dependent);
  if (KilledBy(status, SIGSEGV)) GTEST_SKIP() << "this kernel has no i386 entry";
  EXPECT_EQ(status, 0);
}

TEST_F(CallNumbers, Int80DoesNotReachFiles) {
  if (Engine() == "native") GTEST_SKIP() << "a promise of the engines";
  constexpr long kChdir = 12;
  // A path below 4 GiB, as that entry needs it.
  static const char kPath[] = "/etc";
  const int status = ForkAndWait([] {
    char before[4096];
    char after[4096];
    ASSERT_NE(getcwd(before, sizeof(before)), nullptr);
    EXPECT_EQ(Int80(kChdir, reinterpret_cast<long>(kPath)), -ENOSYS);
    ASSERT_NE(getcwd(after, sizeof(after)), nullptr);
    EXPECT_STREQ(before, after);
  });
  EXPECT_TRUE(status == 0 || KilledBy(status, SIGSEGV)) << status;
}

}  // namespace
}  // namespace guest
