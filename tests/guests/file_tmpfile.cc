// Files without a name.
#include <sys/mman.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class FileTmpfile : public FsTest {
 protected:
  Fd Make(int flags = 0) { return Open(dir(), O_TMPFILE | O_RDWR | flags, 0640); }
};

TEST_F(FileTmpfile, HasNoNameUntilItIsLinked) {
  const Fd fd = Make();
  ASSERT_TRUE(fd.ok()) << strerror(errno);
  EXPECT_EQ(Stat(fd.get()).st_nlink, 0u);
  EXPECT_EQ(Stat(fd.get()).st_mode, static_cast<mode_t>(S_IFREG | 0640));
  ASSERT_THAT(write(fd.get(), "whole", 5), SyscallSucceedsWithValue(5));
  ASSERT_THAT(
      linkat(AT_FDCWD, ProcFd(fd.get()).c_str(), AT_FDCWD, P("named").c_str(), AT_SYMLINK_FOLLOW),
      SyscallSucceeds());
  EXPECT_EQ(Get(P("named")), "whole");
  EXPECT_EQ(Stat(P("named")).st_ino, Stat(fd.get()).st_ino);
  EXPECT_EQ(Stat(fd.get()).st_nlink, 1u);
  ASSERT_THAT(pwrite(fd.get(), "W", 1, 0), SyscallSucceedsWithValue(1));
  EXPECT_EQ(Get(P("named")), "Whole");
}

TEST_F(FileTmpfile, ExclusiveOneIsNeverLinked) {
  const Fd fd = Make(O_EXCL);
  ASSERT_TRUE(fd.ok());
  EXPECT_THAT(
      linkat(AT_FDCWD, ProcFd(fd.get()).c_str(), AT_FDCWD, P("named").c_str(), AT_SYMLINK_FOLLOW),
      SyscallFailsWithErrno(ENOENT));
}

TEST_F(FileTmpfile, EachIsAnother) {
  const Fd a = Make();
  const Fd b = Make();
  ASSERT_THAT(write(a.get(), "a", 1), SyscallSucceedsWithValue(1));
  EXPECT_EQ(Stat(b.get()).st_size, 0);
  EXPECT_NE(Stat(a.get()).st_ino, Stat(b.get()).st_ino);
}

TEST_F(FileTmpfile, BadRequests) {
  EXPECT_THAT(open(dir().c_str(), O_TMPFILE | O_RDONLY, 0600), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(open(P("none").c_str(), O_TMPFILE | O_RDWR, 0600), SyscallFailsWithErrno(ENOENT));
  Put(P("f"), "");
  EXPECT_THAT(open(P("f").c_str(), O_TMPFILE | O_RDWR, 0600), SyscallFailsWithErrno(ENOTDIR));
}

TEST_F(FileTmpfile, MemfdOfTheGuestIsItsOwn) {
  const Fd fd(memfd_create("mine", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_TRUE(fd.ok());
  ASSERT_THAT(write(fd.get(), "0123", 4), SyscallSucceedsWithValue(4));
  EXPECT_EQ(ReadLink(ProcFd(fd.get())), "/memfd:mine (deleted)");
  EXPECT_EQ(Get(ProcFd(fd.get())), "0123");
  ASSERT_THAT(fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW), SyscallSucceeds());
  EXPECT_THAT(pwrite(fd.get(), "x", 1, 0), SyscallFailsWithErrno(EPERM));
  EXPECT_THAT(ftruncate(fd.get(), 100), SyscallFailsWithErrno(EPERM));
  EXPECT_THAT(ftruncate(fd.get(), 1), SyscallSucceeds());
}

}  // namespace
}  // namespace guest
