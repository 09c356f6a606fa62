// A small file system, and when the space of closed and unlinked files comes back: at once.
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <csignal>
#include <cstdlib>
#include <string>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/user_namespace.h"

namespace guest {
namespace {

constexpr size_t kMegabyte = 1 << 20;
constexpr int kRounds = 40;  // of a megabyte each: several times what there is room for

// 8 MB: tmpfs of the guest's own on the bare kernel, in a view the type under test.
class FileSpace : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* type = std::getenv("UM_TEST_FS");
    if (type != nullptr) {
      type_ = type;
    } else if (geteuid() != 0 && !CanMakeUserNamespace()) {
      GTEST_SKIP() << "mounting needs a user namespace, which the kernel refuses";
    }
    ASSERT_TRUE(dir_.ok());
  }

  // Runs `body` with the file system mounted.
  template <typename Body>
  void OnASmallFileSystem(Body body) {
    PassesInChild([&] {
      if (type_ == "tmpfs") EnterMountNamespace();
      ASSERT_THAT(mount("none", dir_.path().c_str(), type_.c_str(), 0, "size=8m"),
                  SyscallSucceeds());
      const uint64_t free_before = Free();
      body();
      EXPECT_EQ(Fill(), free_before);
      EXPECT_THAT(umount(dir_.path().c_str()), SyscallSucceeds());
    });
  }

  std::string P(const std::string& name) const { return dir_.path() + "/" + name; }
  uint64_t Free() const {
    struct statvfs st = {};
    EXPECT_THAT(statvfs(dir_.path().c_str(), &st), SyscallSucceeds());
    return st.f_bfree * st.f_frsize;
  }
  // Writes until the file system is full, removes that again, and tells how much it was.
  uint64_t Fill() const {
    const Fd file = Open(P("fill"), O_WRONLY | O_CREAT);
    EXPECT_THAT(unlink(P("fill").c_str()), SyscallSucceeds());
    uint64_t total = 0;
    for (;;) {
      const ssize_t n = write(file.get(), bytes_.data(), bytes_.size());
      if (n < 0) break;
      total += static_cast<uint64_t>(n);
    }
    EXPECT_EQ(errno, ENOSPC);
    return total;
  }
  // A file of a megabyte that has no name any more.
  Fd Nameless(const std::string& name) const {
    Fd file = Open(P(name), O_RDWR | O_CREAT | O_EXCL);
    EXPECT_THAT(write(file.get(), bytes_.data(), bytes_.size()),
                SyscallSucceedsWithValue(kMegabyte));
    EXPECT_THAT(unlink(P(name).c_str()), SyscallSucceeds());
    return file;
  }
  void* Map(const Fd& file, size_t size) const {
    void* start = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    EXPECT_NE(start, MAP_FAILED) << strerror(errno);
    return start;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  TempDir dir_;
  std::string type_ = "tmpfs";
  const std::string bytes_ = std::string(kMegabyte, 'x');
};

TEST_F(FileSpace, OfUnlinkedFilesWhoseHolderExits) {
  OnASmallFileSystem([&] {
    for (int i = 0; i < kRounds; ++i) {
      PassesInChild([&] {
        const Fd file = Nameless("f");
        _exit(HasFailure() ? 1 : 0);
      });
    }
  });
}

TEST_F(FileSpace, OfUnlinkedFilesWhoseHolderIsKilled) {
  OnASmallFileSystem([&] {
    for (int i = 0; i < kRounds; ++i) {
      Pipe ready;
      const pid_t child = Fork([&] {
        const Fd file = Nameless("f");
        ready.Notify();
        for (;;) pause();
      });
      ASSERT_TRUE(ready.Await());
      kill(child, SIGKILL);
      EXPECT_TRUE(KilledBy(WaitFor(child), SIGKILL));
    }
  });
}

TEST_F(FileSpace, OfUnlinkedFilesThatAreClosed) {
  OnASmallFileSystem([&] {
    for (int i = 0; i < kRounds; ++i) Nameless("f");
  });
}

TEST_F(FileSpace, OfMappingsWhoseHolderExits) {
  OnASmallFileSystem([&] {
    for (int i = 0; i < kRounds; ++i) {
      PassesInChild([&] {
        Fd file = Nameless("f");
        void* start = Map(file, kMegabyte);
        file.Close();
        memset(start, 'm', kMegabyte);
        _exit(HasFailure() ? 1 : 0);
      });
    }
  });
}

TEST_F(FileSpace, OfFilesThatAreReplaced) {
  OnASmallFileSystem([&] {
    for (int i = 0; i < kRounds; ++i) {
      Put(P("new"), bytes());
      ASSERT_THAT(rename(P("new").c_str(), P("f").c_str()), SyscallSucceeds());
    }
    EXPECT_THAT(unlink(P("f").c_str()), SyscallSucceeds());
  });
}

TEST_F(FileSpace, OfFilesThatLoseTheLastOfTwoNames) {
  OnASmallFileSystem([&] {
    for (int i = 0; i < kRounds; ++i) {
      Put(P("f"), bytes());
      ASSERT_THAT(link(P("f").c_str(), P("g").c_str()), SyscallSucceeds());
      ASSERT_THAT(unlink(P("f").c_str()), SyscallSucceeds());
      EXPECT_EQ(Get(P("g")).size(), kMegabyte);
      ASSERT_THAT(unlink(P("g").c_str()), SyscallSucceeds());
    }
  });
}

TEST_F(FileSpace, IsShownAtOnce) {
  OnASmallFileSystem([&] {
    const uint64_t before = Free();
    for (int i = 0; i < kRounds; ++i) {
      Fd file = Nameless("f");
      EXPECT_EQ(Free(), before - kMegabyte);
      file.Close();
      EXPECT_EQ(Free(), before);
    }
  });
}

TEST_F(FileSpace, IsKeptWhileAMappingHoldsIt) {
  OnASmallFileSystem([&] {
    const uint64_t before = Free();
    Fd file = Nameless("f");
    char* start = static_cast<char*>(Map(file, kMegabyte));
    file.Close();
    EXPECT_EQ(Fill(), before - kMegabyte);
    EXPECT_EQ(std::string(start, kMegabyte), bytes());
    EXPECT_THAT(munmap(start, kMegabyte), SyscallSucceeds());
    EXPECT_EQ(Free(), before);
  });
}

// What takes space besides data.
TEST_F(FileSpace, LetsNamesBeMade) {
  OnASmallFileSystem([&] {
    const Fd rest = Open(P("rest"), O_WRONLY | O_CREAT);
    EXPECT_THAT(unlink(P("rest").c_str()), SyscallSucceeds());
    ASSERT_THAT(fallocate(rest.get(), 0, 0, static_cast<off_t>(Free() - kMegabyte)),
                SyscallSucceeds());
    for (int i = 0; i < kRounds; ++i) {
      PassesInChild([&] {
        const Fd file = Nameless("f");
        _exit(HasFailure() ? 1 : 0);
      });
      const Fd file = Open(P("g"), O_RDWR | O_CREAT);
      EXPECT_THAT(fallocate(file.get(), 0, 0, kMegabyte), SyscallSucceeds());
      EXPECT_THAT(unlink(P("g").c_str()), SyscallSucceeds());
    }
  });
}

}  // namespace
}  // namespace guest
