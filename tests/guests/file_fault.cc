// Buffers that end at an unmapped page: what is there is used, and the rest is EFAULT.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

constexpr size_t kPage = 4096;

class FileFault : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    void* const two =
        mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(two, MAP_FAILED);
    page_ = static_cast<char*>(two);
    ASSERT_THAT(mprotect(page_ + kPage, kPage, PROT_NONE), SyscallSucceeds());
    memset(page_, 'p', kPage);
    Put(P("f"), std::string(2 * kPage, 'f'));
  }
  void TearDown() override { munmap(page_, 2 * kPage); }
  // The last `n` mapped bytes.
  char* Tail(size_t n) { return page_ + kPage - n; }

 private:
  char* page_ = nullptr;
};

TEST_F(FileFault, ReadFillsWhatIsMapped) {
  const Fd fd = Open(P("f"), O_RDONLY);
  EXPECT_THAT(syscall(SYS_read, fd.get(), Tail(kPage), 2 * kPage), SyscallSucceedsWithValue(kPage));
  EXPECT_EQ(*Tail(1), 'f');
  EXPECT_THAT(lseek(fd.get(), 0, SEEK_CUR), SyscallSucceedsWithValue(kPage));
}

TEST_F(FileFault, WriteTakesWhatIsMapped) {
  const Fd fd = Open(P("new"), O_RDWR | O_CREAT);
  EXPECT_THAT(syscall(SYS_write, fd.get(), Tail(kPage), 2 * kPage),
              SyscallSucceedsWithValue(kPage));
  EXPECT_EQ(Get(P("new")), std::string(kPage, 'p'));
  EXPECT_THAT(lseek(fd.get(), 0, SEEK_CUR), SyscallSucceedsWithValue(kPage));
}

TEST_F(FileFault, VectorStopsAtTheBadPart) {
  const Fd fd = Open(P("f"), O_RDONLY);
  char good[10];
  struct iovec iov[] = {{good, 10}, {BadAddress(), 10}};
  EXPECT_THAT(readv(fd.get(), iov, 2), SyscallSucceedsWithValue(10));
  EXPECT_THAT(lseek(fd.get(), 0, SEEK_CUR), SyscallSucceedsWithValue(10));
}

TEST_F(FileFault, PathMayEndAtTheEdge) {
  const std::string path = P("f");
  char* const at_edge = Tail(path.size() + 1);
  memcpy(at_edge, path.c_str(), path.size() + 1);
  struct stat st;
  EXPECT_THAT(syscall(SYS_stat, at_edge, &st), SyscallSucceeds());
  EXPECT_EQ(st.st_size, static_cast<off_t>(2 * kPage));
  memcpy(Tail(path.size()), path.data(), path.size());
  EXPECT_THAT(syscall(SYS_stat, Tail(path.size()), &st), SyscallFailsWithErrno(EFAULT))
      << "no NUL before the edge";
}

TEST_F(FileFault, ResultsThatDoNotFit) {
  ASSERT_THAT(symlink("target", P("link").c_str()), SyscallSucceeds());
  EXPECT_THAT(syscall(SYS_stat, P("f").c_str(), Tail(8)), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_fstat, Open(P("f"), O_RDONLY).get(), Tail(8)),
              SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_statfs, dir().c_str(), Tail(8)), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_readlink, P("link").c_str(), Tail(3), 100),
              SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_readlink, P("link").c_str(), Tail(6), 100), SyscallSucceedsWithValue(6));
  const Fd directory = Open(dir(), O_RDONLY | O_DIRECTORY);
  EXPECT_THAT(syscall(SYS_getdents64, directory.get(), BadAddress(), 1000),
              SyscallFailsWithErrno(EFAULT));
}

}  // namespace
}  // namespace guest
