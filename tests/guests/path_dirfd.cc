// Paths that start at a descriptor, and descriptors seen as paths.
#include <csignal>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class PathDirfd : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
    Put(P("d/f"), "inner");
    d_ = Open(P("d"), O_RDONLY | O_DIRECTORY);
  }
  Fd d_;
};

TEST_F(PathDirfd, EveryAtCall) {
  const int d = d_.get();
  struct stat st;
  EXPECT_THAT(fstatat(d, "f", &st, 0), SyscallSucceeds());
  EXPECT_THAT(mkdirat(d, "e", 0755), SyscallSucceeds());
  EXPECT_THAT(mknodat(d, "e/fifo", S_IFIFO | 0600, 0), SyscallSucceeds());
  EXPECT_THAT(symlinkat("../f", d, "e/link"), SyscallSucceeds());
  char target[16];
  EXPECT_THAT(readlinkat(d, "e/link", target, sizeof(target)), SyscallSucceedsWithValue(4));
  EXPECT_THAT(linkat(d, "f", d, "e/hard", 0), SyscallSucceeds());
  EXPECT_THAT(renameat(d, "e/hard", d, "hard"), SyscallSucceeds());
  EXPECT_THAT(fchmodat(d, "hard", 0600, 0), SyscallSucceeds());
  EXPECT_THAT(faccessat(d, "hard", R_OK | W_OK, 0), SyscallSucceeds());
  EXPECT_THAT(fchownat(d, "hard", geteuid(), getegid(), 0), SyscallSucceeds());
  EXPECT_THAT(utimensat(d, "hard", nullptr, 0), SyscallSucceeds());
  EXPECT_EQ(Stat(P("d/f")).st_mode & 07777, 0600u);
  EXPECT_THAT(unlinkat(d, "e", 0), SyscallFailsWithErrno(EISDIR));
  EXPECT_THAT(unlinkat(d, "e", AT_REMOVEDIR), SyscallFailsWithErrno(ENOTEMPTY));
  EXPECT_THAT(unlinkat(d, "e/link", 0), SyscallSucceeds());
  EXPECT_THAT(unlinkat(d, "e/fifo", 0), SyscallSucceeds());
  EXPECT_THAT(unlinkat(d, "e", AT_REMOVEDIR), SyscallSucceeds());
}

TEST_F(PathDirfd, StaysWithTheDirectory) {
  ASSERT_THAT(rename(P("d").c_str(), P("moved").c_str()), SyscallSucceeds());
  ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
  Fd f(openat(d_.get(), "f", O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(f.ok());
  EXPECT_EQ(ReadLink(ProcFd(d_.get())), P("moved"));
  struct stat st;
  EXPECT_THAT(fstatat(d_.get(), "../moved/f", &st, 0), SyscallSucceeds());
}

TEST_F(PathDirfd, RemovedDirectoryIsEmptyForEver) {
  ASSERT_THAT(unlink(P("d/f").c_str()), SyscallSucceeds());
  ASSERT_THAT(rmdir(P("d").c_str()), SyscallSucceeds());
  EXPECT_THAT(openat(d_.get(), "f", O_CREAT | O_RDWR, 0600), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(mkdirat(d_.get(), "x", 0700), SyscallFailsWithErrno(ENOENT));
  EXPECT_EQ(Stat(d_.get()).st_nlink, 0u);
  EXPECT_EQ(ReadLink(ProcFd(d_.get())), P("d") + " (deleted)");
}

TEST_F(PathDirfd, OPathIsAPlaceOnly) {
  const Fd path = Open(P("d/f"), O_PATH);
  char byte;
  EXPECT_THAT(read(path.get(), &byte, 1), SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(fchmod(path.get(), 0600), SyscallFailsWithErrno(EBADF));
  // docs/differences.md: no O_PATH descriptor can be handed to a guest.
  if (Engine() == "native") {
    EXPECT_EQ(fcntl(path.get(), F_GETFL) & O_PATH, O_PATH);
  }
  EXPECT_EQ(Stat(path.get()).st_ino, Stat(P("d/f")).st_ino);
  EXPECT_EQ(Get(ProcFd(path.get())), "inner") << "re-opened it can be read";
  const Fd directory = Open(P("d"), O_PATH);
  EXPECT_TRUE(Fd(openat(directory.get(), "f", O_RDONLY)).ok());
}

TEST_F(PathDirfd, ProcFdReopensTheFile) {
  Fd f = Open(P("d/f"), O_RDONLY);
  char two[2];
  ASSERT_THAT(read(f.get(), two, 2), SyscallSucceedsWithValue(2));
  EXPECT_EQ(ReadLink(ProcFd(f.get())), P("d/f"));
  EXPECT_EQ(Get(ProcFd(f.get())), "inner") << "with an offset of its own";
  Put(ProcFd(f.get()), "rewritten");
  EXPECT_EQ(Get(P("d/f")), "rewritten");
  EXPECT_EQ(Stat(ProcFd(f.get())).st_ino, Stat(f.get()).st_ino);
  ASSERT_THAT(unlink(P("d/f").c_str()), SyscallSucceeds());
  EXPECT_EQ(Get(ProcFd(f.get())), "rewritten") << "even when it has no name any more";
  EXPECT_EQ(ReadLink(ProcFd(f.get())), P("d/f") + " (deleted)");
}

TEST_F(PathDirfd, ProcFdIsAPrefix) {
  EXPECT_EQ(Get(ProcFd(d_.get()) + "/f"), "inner");
  Put(ProcFd(d_.get()) + "/new", "made");
  EXPECT_EQ(Get(P("d/new")), "made");
  EXPECT_EQ(Stat(ProcFd(d_.get()) + "/..").st_ino, Stat(dir()).st_ino);
  EXPECT_EQ(Get("/dev/fd/" + std::to_string(d_.get()) + "/f"), "inner");
}

TEST_F(PathDirfd, OfAnotherProcess) {
  Pipe go;
  const pid_t child = Fork([&] {
    ASSERT_THAT(chdir(P("d").c_str()), SyscallSucceeds());
    const Fd f = Open("f", O_RDONLY);
    const int number = f.get();
    EXPECT_THAT(write(go.writer(), &number, sizeof(number)), SyscallSucceeds());
    for (;;) pause();
  });
  int number = -1;
  ASSERT_THAT(read(go.reader(), &number, sizeof(number)), SyscallSucceedsWithValue(4));
  const std::string proc = "/proc/" + std::to_string(child);
  EXPECT_EQ(ReadLink(proc + "/cwd"), P("d"));
  EXPECT_EQ(ReadLink(proc + "/fd/" + std::to_string(number)), P("d/f"));
  EXPECT_EQ(Get(proc + "/fd/" + std::to_string(number)), "inner");
  EXPECT_EQ(Get(proc + "/cwd/f"), "inner");
  kill(child, SIGKILL);
  WaitFor(child);
}

}  // namespace
}  // namespace guest
