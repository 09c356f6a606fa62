// Listings.
#include <dirent.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <map>
#include <memory>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

using Dir = std::unique_ptr<DIR, int (*)(DIR*)>;

class FileDirent : public FsTest {
 protected:
  Dir OpenDir(const std::string& path) { return Dir(opendir(path.c_str()), closedir); }

  // The names that follow in `dir`, each with its type.
  std::map<std::string, int> Rest(const Dir& dir) {
    std::map<std::string, int> names;
    while (const struct dirent* entry = readdir(dir.get())) {
      EXPECT_TRUE(names.emplace(entry->d_name, entry->d_type).second) << entry->d_name << " twice";
    }
    return names;
  }
  std::map<std::string, int> List() { return Rest(OpenDir(dir())); }
};

TEST_F(FileDirent, NamesTypesAndInodes) {
  Put(P("file"), "");
  ASSERT_THAT(mkdir(P("dir").c_str(), 0755), SyscallSucceeds());
  ASSERT_THAT(symlink("x", P("link").c_str()), SyscallSucceeds());
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  const std::map<std::string, int> expected = {{".", DT_DIR},    {"..", DT_DIR},
                                               {"file", DT_REG}, {"dir", DT_DIR},
                                               {"link", DT_LNK}, {"fifo", DT_FIFO}};
  EXPECT_EQ(List(), expected);
  const Dir listing = OpenDir(dir());
  while (const struct dirent* entry = readdir(listing.get())) {
    const std::string name = entry->d_name;
    if (name == "file" || name == "." || name == "dir") {
      EXPECT_EQ(entry->d_ino, Stat(P(name)).st_ino) << name;
    }
  }
}

TEST_F(FileDirent, FollowsChangesAtOnce) {
  Put(P("a"), "");
  EXPECT_EQ(List().count("a"), 1u);
  ASSERT_THAT(rename(P("a").c_str(), P("b").c_str()), SyscallSucceeds());
  EXPECT_EQ(List().count("a"), 0u);
  EXPECT_EQ(List().count("b"), 1u);
  ASSERT_THAT(unlink(P("b").c_str()), SyscallSucceeds());
  EXPECT_EQ(List().size(), 2u);
}

TEST_F(FileDirent, FiveThousandFilesEachOnce) {
  constexpr int kFiles = 5000;
  for (int i = 0; i < kFiles; ++i) {
    const Fd fd = Open(P("file-" + std::to_string(i)), O_WRONLY | O_CREAT | O_EXCL);
    ASSERT_TRUE(fd.ok()) << i;
  }
  std::map<std::string, int> names = List();
  EXPECT_EQ(names.size(), kFiles + 2u);
  for (int i = 0; i < kFiles; ++i) ASSERT_EQ(names.count("file-" + std::to_string(i)), 1u) << i;
}

TEST_F(FileDirent, UnlinkWhileListing) {
  for (int i = 0; i < 1000; ++i) Put(P("f" + std::to_string(i)), "");
  const Dir listing = OpenDir(dir());
  int removed = 0;
  while (const struct dirent* entry = readdir(listing.get())) {
    if (entry->d_type == DT_REG) {
      ASSERT_THAT(unlink(P(entry->d_name).c_str()), SyscallSucceeds());
      ++removed;
    }
  }
  EXPECT_EQ(removed, 1000);
  EXPECT_EQ(List().size(), 2u);
}

TEST_F(FileDirent, TellAndSeek) {
  for (int i = 0; i < 300; ++i) Put(P("f" + std::to_string(i)), "");
  const Dir listing = OpenDir(dir());
  for (int i = 0; i < 100; ++i) ASSERT_NE(readdir(listing.get()), nullptr);
  const long place = telldir(listing.get());
  const std::map<std::string, int> rest = Rest(listing);
  EXPECT_EQ(rest.size(), 202u);
  seekdir(listing.get(), place);
  EXPECT_EQ(Rest(listing), rest);
  Put(P("late"), "");
  rewinddir(listing.get());
  const std::map<std::string, int> all = Rest(listing);
  EXPECT_EQ(all.size(), 303u);
  EXPECT_EQ(all.count("late"), 1u);
}

TEST_F(FileDirent, SmallBuffersAndSharedOffsets) {
  for (int i = 0; i < 20; ++i) Put(P("f" + std::to_string(i)), "");
  const Fd fd = Open(dir(), O_RDONLY | O_DIRECTORY);
  char one[32];
  EXPECT_THAT(syscall(SYS_getdents64, fd.get(), one, 10), SyscallFailsWithErrno(EINVAL));
  const Fd same(dup(fd.get()));
  int calls = 0;
  while (syscall(SYS_getdents64, (calls % 2 == 0 ? fd : same).get(), one, sizeof(one)) > 0) ++calls;
  EXPECT_EQ(calls, 22) << "one name a call, by turns through both descriptors";
  EXPECT_THAT(lseek(fd.get(), 0, SEEK_SET), SyscallSucceedsWithValue(0));
  EXPECT_GT(syscall(SYS_getdents64, same.get(), one, sizeof(one)), 0);
}

TEST_F(FileDirent, OfAFileOrARemovedDirectory) {
  char buffer[256];
  Put(P("f"), "");
  EXPECT_THAT(syscall(SYS_getdents64, Open(P("f"), O_RDONLY).get(), buffer, sizeof(buffer)),
              SyscallFailsWithErrno(ENOTDIR));
  ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
  const Fd fd = Open(P("d"), O_RDONLY | O_DIRECTORY);
  ASSERT_THAT(rmdir(P("d").c_str()), SyscallSucceeds());
  EXPECT_THAT(syscall(SYS_getdents64, fd.get(), buffer, sizeof(buffer)),
              SyscallFailsWithErrno(ENOENT));
}

TEST_F(FileDirent, StatfsOfThePathAndOfADescriptor) {
  struct statfs by_path = {};
  struct statfs by_fd = {};
  ASSERT_THAT(statfs(dir().c_str(), &by_path), SyscallSucceeds());
  ASSERT_THAT(fstatfs(Open(dir(), O_RDONLY).get(), &by_fd), SyscallSucceeds());
  EXPECT_EQ(by_path.f_type, by_fd.f_type);
  EXPECT_EQ(by_path.f_bsize, by_fd.f_bsize);
  EXPECT_GE(by_path.f_namelen, 255);
  EXPECT_GT(by_path.f_bsize, 0);
  struct statvfs vfs = {};
  ASSERT_THAT(statvfs(dir().c_str(), &vfs), SyscallSucceeds());
  EXPECT_EQ(vfs.f_namemax, static_cast<unsigned long>(by_path.f_namelen));
  EXPECT_THAT(statfs(P("none").c_str(), &by_path), SyscallFailsWithErrno(ENOENT));
}

}  // namespace
}  // namespace guest
