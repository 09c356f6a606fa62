// Mappings, private and shared, and their coherence with read and write.
#include <sys/mman.h>
#include <csignal>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/mapping.h"
#include "tests/guests/open_file.h"

namespace guest {
namespace {

constexpr size_t kPage = 4096;

class FileMmap : public OpenFileTest {
 protected:
  FileMmap() : OpenFileTest(std::string(kPage, '1') + std::string(kPage, '2') + "tail") {}
};

TEST_F(FileMmap, PrivateReadsTheFile) {
  const Mapping map(3 * kPage, PROT_READ, MAP_PRIVATE, fd());
  EXPECT_EQ(map.Text(kPage - 1, 2), "12");
  EXPECT_EQ(map.Text(2 * kPage, 5), std::string("tail\0", 5)) << "zeros after the end";
  const Mapping second(kPage, PROT_READ, MAP_PRIVATE, fd(), kPage);
  EXPECT_EQ(second.Text(0, 1), "2");
}

TEST_F(FileMmap, PrivateStoresStayPrivate) {
  const Mapping map(kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd());
  memcpy(map.get(), "mine", 4);
  EXPECT_EQ(Pread(4, 0), "1111");
  EXPECT_EQ(map.Text(0, 4), "mine");
}

TEST_F(FileMmap, SharedStoresAreReadAtOnce) {
  const Mapping map(kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd());
  memcpy(map.get() + 10, "stored", 6);
  EXPECT_EQ(Pread(6, 10), "stored");
  EXPECT_EQ(Get(P("f")).substr(10, 6), "stored") << "by a new open as well";
}

TEST_F(FileMmap, WritesAreSeenInTheMapping) {
  const Mapping map(kPage, PROT_READ, MAP_SHARED, fd());
  EXPECT_EQ(map.Text(0, 3), "111");
  ASSERT_THAT(pwrite(fd(), "new", 3, 0), SyscallSucceedsWithValue(3));
  EXPECT_EQ(map.Text(0, 3), "new");
}

TEST_F(FileMmap, MsyncAndItsErrors) {
  const Mapping map(kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd());
  memcpy(map.get(), "sync", 4);
  EXPECT_THAT(msync(map.get(), kPage, MS_SYNC), SyscallSucceeds());
  EXPECT_THAT(msync(map.get(), kPage, MS_ASYNC), SyscallSucceeds());
  EXPECT_THAT(msync(map.get(), kPage, MS_SYNC | MS_ASYNC), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(msync(map.get() + 1, kPage, MS_SYNC), SyscallFailsWithErrno(EINVAL));
  EXPECT_EQ(Pread(4, 0), "sync");
}

TEST_F(FileMmap, TwoProcessesShareOneFile) {
  const Mapping map(kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd());
  PassesInChild([&] {
    const Fd own = Open(P("f"), O_RDWR);
    const Mapping theirs(kPage, PROT_READ | PROT_WRITE, MAP_SHARED, own.get());
    memcpy(theirs.get(), "child", 5);
  });
  EXPECT_EQ(map.Text(0, 5), "child");
}

TEST_F(FileMmap, ModeOfTheDescriptorIsTheLimit) {
  const Fd reader = Open(P("f"), O_RDONLY);
  const Fd writer = Open(P("f"), O_WRONLY);
  EXPECT_EQ(mmap(nullptr, kPage, PROT_WRITE, MAP_SHARED, reader.get(), 0), MAP_FAILED);
  EXPECT_EQ(errno, EACCES);
  EXPECT_EQ(mmap(nullptr, kPage, PROT_READ, MAP_PRIVATE, writer.get(), 0), MAP_FAILED);
  EXPECT_EQ(errno, EACCES);
  const Mapping map(kPage, PROT_READ, MAP_SHARED, reader.get());
  EXPECT_THAT(mprotect(map.get(), kPage, PROT_READ | PROT_WRITE), SyscallFailsWithErrno(EACCES));
  const Mapping both(kPage, PROT_READ, MAP_SHARED, fd());
  ASSERT_THAT(mprotect(both.get(), kPage, PROT_READ | PROT_WRITE), SyscallSucceeds());
  memcpy(both.get(), "made writable", 13);
  EXPECT_EQ(Pread(13, 0), "made writable");
}

TEST_F(FileMmap, CodeRuns) {
  // mov eax, 42; ret
  Put(P("code"), std::string("\xb8\x2a\x00\x00\x00\xc3", 6), 0755);
  const Fd code = Open(P("code"), O_RDONLY);
  const Mapping map(kPage, PROT_READ | PROT_EXEC, MAP_PRIVATE, code.get());
  EXPECT_EQ(reinterpret_cast<int (*)()>(map.get())(), 42);
}

TEST_F(FileMmap, ProcSelfMapsNamesTheFile) {
  const Mapping map(kPage, PROT_READ, MAP_SHARED, fd());
  EXPECT_NE(Get("/proc/self/maps").find(" " + P("f") + "\n"), std::string::npos);
}

TEST_F(FileMmap, BadRequests) {
  EXPECT_EQ(mmap(nullptr, kPage, PROT_READ, MAP_SHARED, fd(), 1), MAP_FAILED);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(mmap(nullptr, 0, PROT_READ, MAP_SHARED, fd(), 0), MAP_FAILED);
  EXPECT_EQ(errno, EINVAL);
  const Fd directory = Open(dir(), O_RDONLY);
  EXPECT_EQ(mmap(nullptr, kPage, PROT_READ, MAP_SHARED, directory.get(), 0), MAP_FAILED);
  EXPECT_EQ(errno, ENODEV);
}

}  // namespace
}  // namespace guest
