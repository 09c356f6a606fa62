// Guests may install filters of their own, on trapped calls and on others.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <csignal>
#include <cstddef>

#include "tests/guests/guest_test.h"

namespace guest {
namespace {

// From here on call `number` has this seccomp result, in this process and its children.
void Filter(long number, uint32_t action) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(number), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, action),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {4, code};
  ASSERT_THAT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), SyscallSucceeds());
  ASSERT_THAT(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), SyscallSucceeds());
}

uint32_t Errno(int error) { return SECCOMP_RET_ERRNO | static_cast<uint32_t>(error); }

TEST(ProcessSeccomp, ErrnoOnAHarmlessCall) {
  PassesInChild([] {
    Filter(SYS_getppid, Errno(EDOM));
    EXPECT_THAT(syscall(SYS_getppid), SyscallFailsWithErrno(EDOM));
    EXPECT_FALSE(Get("/etc/passwd").empty());
  });
}

TEST(ProcessSeccomp, ErrnoOnACallThatTakesAPath) {
  PassesInChild([] {
    Filter(SYS_mkdir, Errno(EDOM));
    EXPECT_THAT(syscall(SYS_mkdir, "/dev/shm/never", 0700), SyscallFailsWithErrno(EDOM));
    EXPECT_THAT(access("/dev/shm/never", F_OK), SyscallFailsWithErrno(ENOENT));
    EXPECT_FALSE(Get("/etc/passwd").empty());
  });
}

TEST(ProcessSeccomp, FilterOutlivesExec) {
  const int status = ForkAndWait([] {
    Filter(SYS_chdir, Errno(EDOM));
    execl("/bin/sh", "sh", "-c", "cd / 2>/dev/null && exit 1; exit 3", nullptr);
  });
  EXPECT_TRUE(ExitedWith(status, 3));
}

TEST(ProcessSeccomp, FiltersStack) {
  PassesInChild([] {
    Filter(SYS_getppid, Errno(EDOM));
    Filter(SYS_mkdir, Errno(ERANGE));
    EXPECT_THAT(syscall(SYS_getppid), SyscallFailsWithErrno(EDOM));
    EXPECT_THAT(syscall(SYS_mkdir, "/dev/shm/never", 0700), SyscallFailsWithErrno(ERANGE));
  });
}

TEST(ProcessSeccomp, TrapRaisesSigsysWithTheNumber) {
  PassesInChild([] {
    static volatile int number;
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = [](int, siginfo_t* info, void*) { number = info->si_syscall; };
    ASSERT_EQ(sigaction(SIGSYS, &action, nullptr), 0);
    Filter(SYS_getppid, SECCOMP_RET_TRAP);
    syscall(SYS_getppid);
    EXPECT_EQ(number, SYS_getppid);
  });
}

TEST(ProcessSeccomp, KillKills) {
  const int status = ForkAndWait([] {
    Filter(SYS_mkdir, SECCOMP_RET_KILL_PROCESS);
    syscall(SYS_mkdir, "/dev/shm/never", 0700);
  });
  EXPECT_TRUE(KilledBy(status, SIGSYS));
  EXPECT_THAT(access("/dev/shm/never", F_OK), SyscallFailsWithErrno(ENOENT));
}

TEST(ProcessSeccomp, StrictModeLeavesReadWriteExit) {
  if (prctl(PR_GET_SECCOMP) != 0) {
    GTEST_SKIP() << "a filter is inherited (a container's or the engine's): the kernel refuses";
  }
  Pipe pipe;
  const int status = ForkAndWait([&] {
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    const ssize_t n = write(pipe.writer(), "x", 1);
    syscall(SYS_exit, n == 1 ? 3 : 4);
  });
  EXPECT_TRUE(ExitedWith(status, 3));
  const int killed = ForkAndWait([] {
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    syscall(SYS_getppid);
    syscall(SYS_exit, 0);
  });
  EXPECT_TRUE(KilledBy(killed, SIGKILL));
}

TEST(ProcessSeccomp, NoNewPrivilegesLeavesFilesWorking) {
  PassesInChild([] {
    ASSERT_THAT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), SyscallSucceeds());
    EXPECT_THAT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), SyscallSucceedsWithValue(1));
    EXPECT_FALSE(Get("/etc/passwd").empty());
  });
}

}  // namespace
}  // namespace guest
