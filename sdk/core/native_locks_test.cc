#include "sdk/core/native_locks.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "gtest/gtest.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {
namespace {

FileLock Range(short type, uint64_t start, uint64_t end) {
  FileLock lock;
  lock.type = type;
  lock.start = start;
  lock.end = end;
  return lock;
}

TEST(NativeLocksTest, EachKindIsFoundWithItsRange) {
  UniqueFd memfd(::memfd_create("file", MFD_CLOEXEC));
  struct stat st;
  ASSERT_EQ(::fstat(memfd.get(), &st), 0);
  const ObjectKey key{st.st_dev, st.st_ino};
  EXPECT_TRUE(NativeLocks(key).empty());
  ASSERT_EQ(::flock(memfd.get(), LOCK_SH), 0);
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_start = 3;
  lock.l_len = 4;
  ASSERT_EQ(::fcntl(memfd.get(), F_SETLK, &lock), 0);
  lock.l_start = 10;
  lock.l_len = 0;
  ASSERT_EQ(::fcntl(memfd.get(), F_OFD_SETLK, &lock), 0);
  std::vector<NativeLock> found = NativeLocks(key);
  std::ranges::sort(found, {}, &NativeLock::kind);
  ASSERT_EQ(found.size(), 3u);
  FileLock posix = Range(F_WRLCK, 3, 6), description = Range(F_WRLCK, 10, INT64_MAX);
  posix.pid = ::getpid();
  description.pid = -1;
  EXPECT_EQ(found[0], (NativeLock{NativeLock::Kind::kPosix, posix}));
  EXPECT_EQ(found[1].kind, NativeLock::Kind::kFlock);
  EXPECT_EQ(found[1].lock.type, F_RDLCK);
  EXPECT_EQ(found[2], (NativeLock{NativeLock::Kind::kDescription, description}));
}

TEST(NativeLocksTest, ReadersDoNotConflict) {
  EXPECT_FALSE(Conflict(Range(F_RDLCK, 0, 9), Range(F_RDLCK, 0, 9)));
  EXPECT_TRUE(Conflict(Range(F_RDLCK, 0, 9), Range(F_WRLCK, 9, 9)));
  EXPECT_FALSE(Conflict(Range(F_RDLCK, 0, 9), Range(F_WRLCK, 10, INT64_MAX)));
  EXPECT_FALSE(Conflict(Range(F_UNLCK, 0, 9), Range(F_WRLCK, 0, 9)));
}

TEST(NativeLocksTest, TheStrongestTypeCounts) {
  LockSteps steps = Together({Range(F_WRLCK, 5, 9), Range(F_RDLCK, 0, INT64_MAX)});
  std::vector<FileLock> all = Differences({}, steps);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].end, 4u);
  EXPECT_EQ(all[1].type, F_WRLCK);
  EXPECT_EQ(all[2].start, 10u);
  EXPECT_EQ(all[2].end, static_cast<uint64_t>(INT64_MAX));
  EXPECT_TRUE(Differences(steps, steps).empty());
}

TEST(NativeLocksTest, ARangeIsSetWithinAnother) {
  LockSteps steps = Together({Range(F_RDLCK, 0, 9)});
  const LockSteps before = steps;
  SetRange(steps, Range(F_UNLCK, 3, 4));
  std::vector<FileLock> changed = Differences(before, steps);
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].type, F_UNLCK);
  EXPECT_EQ(changed[0].start, 3u);
  EXPECT_EQ(changed[0].end, 4u);
}

}  // namespace
}  // namespace umsdk
