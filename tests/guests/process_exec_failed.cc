// How a failed exec by a short path leaves the program that wanted it.
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <iterator>
#include <string>

#include "tests/guests/exec_short_test.h"

extern char** environ;

namespace guest {
namespace {

using ProcessExecFailed = ExecShortTest;

struct Registers {
  long result = 0;
  unsigned long kept[6] = {};
};

// execve with all argument registers set, and what they are afterwards.
Registers RawExecve(const char* path, const void* argv, const void* envp) {
  Registers after;
  register unsigned long r10 asm("r10") = 10;
  register unsigned long r8 asm("r8") = 8;
  register unsigned long r9 asm("r9") = 9;
  auto rdi = reinterpret_cast<unsigned long>(path), rsi = reinterpret_cast<unsigned long>(argv),
       rdx = reinterpret_cast<unsigned long>(envp);
  long rax = SYS_execve;
  asm volatile("syscall"
               : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
               :
               : "rcx", "r11", "memory");
  after.result = rax;
  const unsigned long kept[] = {rdi, rsi, rdx, r10, r8, r9};
  std::copy(std::begin(kept), std::end(kept), after.kept);
  return after;
}

TEST_F(ProcessExecFailed, AFailedExecComesBackUnharmed) {
  Copy("/bin/true", "src/true");
  Put(P("src/text"), "just text\n", 0755);
  ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
  const std::string huge(256 << 10, 'a');
  const char* const too_big[] = {"x", huge.c_str(), nullptr};
  const char* const bad[] = {"x", static_cast<char*>(BadAddress()), nullptr};
  const char* const argv[] = {"x", nullptr};
  const struct {
    const char* path;
    const char* const* argv;
    int error;
  } cases[] = {{"src/true", too_big, E2BIG},
               {"src/true", bad, EFAULT},
               {"src/text", argv, ENOEXEC},
               {"src/true/", argv, ENOTDIR},
               {"src/..", argv, EACCES}};
  sigset_t before, now;
  sigprocmask(SIG_SETMASK, nullptr, &before);
  for (int round = 0; round < 3; ++round) {
    for (const auto& one : cases) {
      const Registers after = RawExecve(one.path, one.argv, environ);
      EXPECT_EQ(after.result, -one.error) << one.path;
      const unsigned long expected[] = {reinterpret_cast<unsigned long>(one.path),
                                        reinterpret_cast<unsigned long>(one.argv),
                                        reinterpret_cast<unsigned long>(environ), 10, 8, 9};
      EXPECT_TRUE(std::equal(std::begin(expected), std::end(expected), after.kept)) << one.path;
      for (int fd = 200; fd < 210; ++fd) EXPECT_THAT(dup(fd), SyscallFailsWithErrno(EBADF));
    }
  }
  sigprocmask(SIG_SETMASK, nullptr, &now);
  for (int signal = 1; signal < 64; ++signal) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&now, signal)) << signal;
  }
  ASSERT_THAT(chdir("/"), SyscallSucceeds());
}

TEST_F(ProcessExecFailed, AfterAFailedExecAnotherOneWorks) {
  Copy("/bin/echo", "src/echo");
  const std::string huge(256 << 10, 'a');
  EXPECT_EQ(OutputOf([&] {
              execl("src/echo", "x", huge.c_str(), nullptr);
              EXPECT_EQ(errno, E2BIG);
              execl("src/echo", "x", "now", nullptr);
            }),
            "now\n");
}

}  // namespace
}  // namespace guest
