// What broke the two predecessors of this project, a line each.
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <csignal>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

extern char** environ;

namespace guest {
namespace {

class CrashList : public FsTest {
 protected:
  int Shell(const std::string& script) {
    return ForkAndWait([&] { execl("/bin/sh", "sh", "-c", script.c_str(), nullptr); });
  }
};

TEST_F(CrashList, MkdirAndRenameWithTrailingSlash) {
  EXPECT_THAT(mkdir(P("d1/").c_str(), 0755), SyscallSucceeds());
  EXPECT_THAT(mkdirat(AT_FDCWD, P("d1/hooks/").c_str(), 0755), SyscallSucceeds());
  EXPECT_THAT(rename(P("d1/").c_str(), P("d2/").c_str()), SyscallSucceeds());
  EXPECT_TRUE(S_ISDIR(Stat(P("d2/hooks")).st_mode));
}

TEST_F(CrashList, DeathBySignalIsNotSuccess) {
  EXPECT_TRUE(KilledBy(Shell("kill -9 $$"), SIGKILL));
  EXPECT_TRUE(ExitedWith(Shell("exit 7"), 7));
}

TEST_F(CrashList, SendfileCopyFileRangeSplice) {
  Put(P("a"), "contents");
  const Fd from = Open(P("a"), O_RDONLY);
  const Fd to = Open(P("b"), O_RDWR | O_CREAT);
  off_t start = 0;
  EXPECT_THAT(sendfile(to.get(), from.get(), &start, 100), SyscallSucceedsWithValue(8));
  start = 0;
  EXPECT_THAT(copy_file_range(from.get(), &start, to.get(), nullptr, 100, 0),
              SyscallSucceedsWithValue(8));
  Pipe pipe;
  start = 0;
  EXPECT_THAT(splice(from.get(), &start, pipe.writer(), nullptr, 100, 0),
              SyscallSucceedsWithValue(8));
  EXPECT_EQ(Get(P("b")), "contentscontents");
}

TEST_F(CrashList, ExecOfAMemfd) {
  const Fd memfd(memfd_create("exe", MFD_CLOEXEC));
  const std::string sh = Get("/bin/sh");
  ASSERT_THAT(write(memfd.get(), sh.data(), sh.size()), SyscallSucceedsWithValue(sh.size()));
  const char* const argv[] = {"sh", "-c", "exit 6", nullptr};
  EXPECT_TRUE(ExitedWith(
      ForkAndWait([&] { execve(ProcFd(memfd.get()).c_str(), const_cast<char**>(argv), environ); }),
      6));
  EXPECT_TRUE(ExitedWith(
      ForkAndWait([&] { syscall(SYS_execveat, memfd.get(), "", argv, environ, AT_EMPTY_PATH); }),
      6));
}

TEST_F(CrashList, StatxOfADescriptorWithoutAPath) {
  const Fd fd = Open("/etc/passwd", O_RDONLY);
  struct statx stx = {};
  EXPECT_THAT(syscall(SYS_statx, fd.get(), "", AT_EMPTY_PATH, STATX_SIZE, &stx), SyscallSucceeds());
  EXPECT_EQ(static_cast<off_t>(stx.stx_size), Stat("/etc/passwd").st_size);
  if (!KernelAtLeast(6, 11)) GTEST_SKIP() << "NULL is EFAULT before 6.11";
  EXPECT_THAT(syscall(SYS_statx, fd.get(), nullptr, AT_EMPTY_PATH, STATX_SIZE, &stx),
              SyscallSucceeds());
}

TEST_F(CrashList, GetcwdInADeletedDirectory) {
  ASSERT_THAT(mkdir(P("gone").c_str(), 0755), SyscallSucceeds());
  PassesInChild([&] {
    char buffer[4096];
    ASSERT_THAT(chdir(P("gone").c_str()), SyscallSucceeds());
    ASSERT_THAT(rmdir(P("gone").c_str()), SyscallSucceeds());
    EXPECT_EQ(getcwd(buffer, sizeof(buffer)), nullptr);
    EXPECT_EQ(errno, ENOENT);
  });
}

TEST_F(CrashList, NoForeignDescriptorIsSeen) {
  Pipe output;
  const pid_t child = Fork([&] {
    dup2(output.writer(), 1);
    syscall(SYS_close_range, 3, ~0u, 0);
    execl("/bin/ls", "ls", "/proc/self/fd", nullptr);
  });
  output.CloseWriter();
  EXPECT_EQ(ReadAll(output.reader()), "0\n1\n2\n3\n") << "3 is the listing itself";
  EXPECT_EQ(WaitFor(child), 0);
}

TEST_F(CrashList, SharedStoresAreNotLost) {
  Put(P("f"), std::string(4096, '.'));
  const Fd fd = Open(P("f"), O_RDWR);
  void* const map = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  ASSERT_NE(map, MAP_FAILED);
  memcpy(map, "stored", 6);
  EXPECT_THAT(munmap(map, 4096), SyscallSucceeds());
  EXPECT_EQ(Get(P("f")).substr(0, 6), "stored");
}

TEST_F(CrashList, CopyAndRunABigProgram) {
  const std::string bash = Get("/bin/bash");
  Put(P("bash"), bash, 0755);
  EXPECT_TRUE(Get(P("bash")) == bash);
  for (int round = 0; round < 4; ++round) {
    EXPECT_TRUE(ExitedWith(
        ForkAndWait([&] { execl(P("bash").c_str(), "bash", "-c", "exit 5", nullptr); }), 5));
  }
}

TEST_F(CrashList, FiveMebibytesByDd) {
  EXPECT_EQ(Shell("dd if=/dev/zero of=" + P("big") + " bs=1M count=5 2>/dev/null"), 0);
  EXPECT_EQ(Stat(P("big")).st_size, 5 << 20);
}

TEST_F(CrashList, FiveThousandFiles) {
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(Open(P(std::to_string(i)), O_WRONLY | O_CREAT).ok()) << i;
  }
  EXPECT_EQ(Shell("[ $(ls " + dir() + " | wc -l) -eq 5000 ]"), 0);
}

TEST_F(CrashList, NamesOfThreeHundredBytes) {
  const std::string name = P(std::string(300, 'n'));
  struct stat st;
  EXPECT_THAT(stat(name.c_str(), &st), SyscallFailsWithErrno(ENAMETOOLONG));
  EXPECT_THAT(open(name.c_str(), O_CREAT | O_RDWR, 0600), SyscallFailsWithErrno(ENAMETOOLONG));
  EXPECT_THAT(unlink(name.c_str()), SyscallFailsWithErrno(ENAMETOOLONG));
}

TEST_F(CrashList, NewerCallsAreKnown) {
  Put(P("f"), "x");
  EXPECT_THAT(syscall(SYS_faccessat2, AT_FDCWD, P("f").c_str(), R_OK, AT_EACCESS),
              SyscallSucceeds());
  struct statx stx;
  EXPECT_THAT(statx(AT_FDCWD, P("f").c_str(), 0, STATX_BASIC_STATS, &stx), SyscallSucceeds());
  constexpr long kFchmodat2 = 452;
  if (!KernelAtLeast(6, 6)) GTEST_SKIP() << "fchmodat2 came with 6.6";
  EXPECT_THAT(syscall(kFchmodat2, AT_FDCWD, P("f").c_str(), 0600, AT_SYMLINK_NOFOLLOW),
              SyscallSucceeds());
  EXPECT_EQ(Stat(P("f")).st_mode & 07777, 0600u);
}

TEST_F(CrashList, IoUringIsNotAWayAround) {
  char params[120] = {};
  const Fd ring(static_cast<int>(syscall(SYS_io_uring_setup, 4, params)));
  const int error = errno;
  if (Engine() != "native") {
    EXPECT_FALSE(ring.ok());
    EXPECT_EQ(error, ENOSYS);
  } else if (!ring.ok()) {
    GTEST_SKIP() << "this kernel refuses io_uring: " << strerror(error);
  }
}

}  // namespace
}  // namespace guest
