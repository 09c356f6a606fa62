// Mappings that outlive their file, descriptor or process, or lose their pages.
#include <sys/mman.h>
#include <csignal>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/mapping.h"
#include "tests/guests/open_file.h"

namespace guest {
namespace {

constexpr size_t kPage = 4096;

class FileMmapLife : public OpenFileTest {
 protected:
  FileMmapLife() : OpenFileTest(std::string(kPage, '1') + std::string(kPage, '2') + "tail") {}
};

TEST_F(FileMmapLife, StoresOutliveTheMappingAndTheDescriptor) {
  {
    const Mapping map(2 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd());
    Close();
    memcpy(map.get() + kPage, "late", 4);
  }
  EXPECT_EQ(Get(P("f")).substr(kPage, 4), "late");
}

TEST_F(FileMmapLife, StoresOfAKilledProcessAreNotLost) {
  Close();
  const int status = ForkAndWait([&] {
    const Fd own = Open(P("f"), O_RDWR);
    const Mapping theirs(kPage, PROT_READ | PROT_WRITE, MAP_SHARED, own.get());
    memcpy(theirs.get(), "last words", 10);
    kill(getpid(), SIGKILL);
  });
  EXPECT_TRUE(KilledBy(status, SIGKILL));
  EXPECT_EQ(Get(P("f")).substr(0, 10), "last words");
}

TEST_F(FileMmapLife, BeyondTheEndIsSigbus) {
  const int status = ForkAndWait([&] {
    const Mapping map(8 * kPage, PROT_READ, MAP_SHARED, fd());
    _exit(*static_cast<volatile char*>(map.get() + 5 * kPage));
  });
  EXPECT_TRUE(KilledBy(status, SIGBUS));
}

TEST_F(FileMmapLife, TruncationTakesThePagesAway) {
  const int status = ForkAndWait([&] {
    const Mapping map(2 * kPage, PROT_READ, MAP_SHARED, fd());
    if (map.get()[kPage] != '2' || ftruncate(fd(), 1) != 0) _exit(99);
    if (map.get()[0] != '1' || map.get()[1] != 0) _exit(98);
    _exit(*static_cast<volatile char*>(map.get() + kPage));
  });
  EXPECT_TRUE(KilledBy(status, SIGBUS)) << status;
}

TEST_F(FileMmapLife, GrowsWithTheFileAndMoves) {
  void* const map = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd(), 0);
  ASSERT_NE(map, MAP_FAILED);
  ASSERT_THAT(ftruncate(fd(), 16 * kPage), SyscallSucceeds());
  void* const moved = mremap(map, kPage, 16 * kPage, MREMAP_MAYMOVE);
  ASSERT_NE(moved, MAP_FAILED);
  memcpy(static_cast<char*>(moved) + 15 * kPage, "far", 3);
  EXPECT_EQ(Pread(3, 15 * kPage), "far");
  munmap(moved, 16 * kPage);
}

TEST_F(FileMmapLife, UnlinkedFileStaysMapped) {
  const Mapping map(kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd());
  Close();
  ASSERT_THAT(unlink(P("f").c_str()), SyscallSucceeds());
  EXPECT_EQ(map.Text(0, 3), "111");
  memcpy(map.get(), "ok", 2);
  EXPECT_EQ(map.Text(0, 2), "ok");
}

// The mapping is older than the part of the file that is stored into.
TEST_F(FileMmapLife, StoresIntoWhatTheFileGrewBy) {
  constexpr size_t kSize = 3 * 4096;
  {
    const Fd file = Open(P("grown"), O_RDWR | O_CREAT);
    void* start = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    ASSERT_NE(start, MAP_FAILED);
    ASSERT_THAT(ftruncate(file.get(), kSize), SyscallSucceeds());
    static_cast<char*>(start)[5000] = 'Z';
    ASSERT_THAT(munmap(start, kSize), SyscallSucceeds());
  }
  // More files than anybody keeps in mind.
  for (int i = 0; i < 300; ++i) Put(P("other" + std::to_string(i)), "x");
  const std::string text = Get(P("grown"));
  ASSERT_EQ(text.size(), kSize);
  EXPECT_EQ(text[5000], 'Z');
}

}  // namespace
}  // namespace guest
