// Mounts that the guest makes. On the bare kernel this is tmpfs in a user and a mount namespace.
#include <sys/mount.h>
#include <cstdlib>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/user_namespace.h"

namespace guest {
namespace {

class PathMount : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* type = std::getenv("UM_TEST_FS");
    if (type != nullptr) {
      type_ = type;
    } else if (Engine() != "native") {
      GTEST_SKIP() << "no file system to mount";
    } else if (geteuid() != 0 && !CanMakeUserNamespace()) {
      GTEST_SKIP() << "mounting needs a user namespace, which the kernel refuses";
    }
    ASSERT_TRUE(real_.ok());
    for (const char* name : {"m", "m/hidden", "n"}) {
      ASSERT_THAT(mkdir(P(name).c_str(), 0755), SyscallSucceeds());
    }
    Put(P("f"), "file");
  }

  std::string P(const std::string& name) const { return real_.path() + "/" + name; }
  int Mount(const std::string& name) {
    return mount("none", P(name).c_str(), type_.c_str(), 0, "");
  }
  int Umount(const std::string& name, int flags = 0) { return umount2(P(name).c_str(), flags); }
  bool Exists(const std::string& name) { return access(P(name).c_str(), F_OK) == 0; }

  // Runs `body` where this user may mount.
  template <typename Body>
  void WhereMountIsAllowed(Body body) {
    PassesInChild([&] {
      if (type_ == "tmpfs") {
        if (geteuid() == 0) {
          ASSERT_THAT(unshare(CLONE_NEWNS), SyscallSucceeds());
        } else {
          EnterUserNamespace(CLONE_NEWNS);
        }
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
      }
      body();
    });
  }
  const std::string& type() const { return type_; }

 private:
  TempDir real_;
  std::string type_ = "tmpfs";
};

TEST_F(PathMount, HidesAndUncovers) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    EXPECT_FALSE(Exists("m/hidden"));
    EXPECT_NE(Stat(P("m")).st_dev, Stat(P("n")).st_dev);
    EXPECT_THAT(mkdir(P("m/inside").c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(Umount("m"), SyscallSucceeds());
    EXPECT_TRUE(Exists("m/hidden"));
    EXPECT_FALSE(Exists("m/inside"));
  });
}

TEST_F(PathMount, LatestOnOnePlaceWins) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    ASSERT_THAT(mkdir(P("m/first").c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    EXPECT_FALSE(Exists("m/first"));
    ASSERT_THAT(Umount("m"), SyscallSucceeds());
    EXPECT_TRUE(Exists("m/first"));
    ASSERT_THAT(Umount("m"), SyscallSucceeds());
  });
}

TEST_F(PathMount, MountInsideAMount) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    ASSERT_THAT(mkdir(P("m/d").c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(Mount("m/d"), SyscallSucceeds());
    EXPECT_NE(Stat(P("m/d")).st_dev, Stat(P("m")).st_dev);
    EXPECT_EQ(Stat(P("m/d/..")).st_ino, Stat(P("m")).st_ino);
    EXPECT_EQ(Stat(P("m/d/../..")).st_ino, Stat(P(".")).st_ino);
    EXPECT_THAT(Umount("m"), SyscallFailsWithErrno(EBUSY));
    EXPECT_THAT(Umount("m/d"), SyscallSucceeds());
    EXPECT_THAT(Umount("m"), SyscallSucceeds());
  });
}

TEST_F(PathMount, MountOverTheParentHidesTheChild) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m/hidden"), SyscallSucceeds());
    ASSERT_THAT(mkdir(P("m/hidden/x").c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    EXPECT_FALSE(Exists("m/hidden")) << "the later mount wins, though its prefix is shorter";
    ASSERT_THAT(Umount("m"), SyscallSucceeds());
    EXPECT_TRUE(Exists("m/hidden/x"));
    ASSERT_THAT(Umount("m/hidden"), SyscallSucceeds());
  });
}

TEST_F(PathMount, BusyWhileInUse) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    {
      const Fd file = Open(P("m/f"), O_RDWR | O_CREAT);
      ASSERT_TRUE(file.ok());
      EXPECT_THAT(Umount("m"), SyscallFailsWithErrno(EBUSY));
    }
    ASSERT_THAT(chdir(P("m").c_str()), SyscallSucceeds());
    EXPECT_THAT(Umount("m"), SyscallFailsWithErrno(EBUSY));
    ASSERT_THAT(chdir("/"), SyscallSucceeds());
    EXPECT_THAT(Umount("m"), SyscallSucceeds());
  });
}

TEST_F(PathMount, ForceDoesNotHelpWhereNobodyIsWaitedFor) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    Fd file = Open(P("m/f"), O_RDWR | O_CREAT);
    EXPECT_THAT(Umount("m", MNT_FORCE), SyscallFailsWithErrno(EBUSY));
    EXPECT_TRUE(Exists("m/f"));
    file.Close();
    EXPECT_THAT(Umount("m", MNT_FORCE), SyscallSucceeds());
    EXPECT_TRUE(Exists("m/hidden"));
  });
}

TEST_F(PathMount, OnTheRootHidesNothing) {
  WhereMountIsAllowed([&] {
    if (std::getenv("UM_TEST_FS") != nullptr) {
      // docs/differences.md
      EXPECT_THAT(mount("none", "/", type().c_str(), 0, ""), SyscallFailsWithErrno(EBUSY));
    } else {
      EXPECT_THAT(mount("none", "/", type().c_str(), 0, ""), SyscallSucceeds());
    }
    EXPECT_TRUE(Exists("f"));
    EXPECT_THAT(access("/proc/self/exe", X_OK), SyscallSucceeds());
  });
}

TEST_F(PathMount, DetachedWhileInUse) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    const Fd file = Open(P("m/f"), O_RDWR | O_CREAT);
    ASSERT_THAT(write(file.get(), "kept", 4), SyscallSucceedsWithValue(4));
    EXPECT_THAT(Umount("m", MNT_DETACH), SyscallSucceeds());
    EXPECT_TRUE(Exists("m/hidden"));
    char text[5] = "";
    EXPECT_THAT(pread(file.get(), text, 4, 0), SyscallSucceedsWithValue(4));
    EXPECT_STREQ(text, "kept");
  });
}

TEST_F(PathMount, ShownInProc) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    EXPECT_NE(Get("/proc/self/mounts").find(" " + P("m") + " " + type() + " "), std::string::npos);
    EXPECT_NE(Get("/proc/mounts").find(" " + P("m") + " "), std::string::npos);
    EXPECT_NE(Get("/proc/self/mountinfo").find(" " + P("m") + " "), std::string::npos);
    ASSERT_THAT(Umount("m"), SyscallSucceeds());
    EXPECT_EQ(Get("/proc/self/mounts").find(" " + P("m") + " "), std::string::npos);
  });
}

TEST_F(PathMount, MountPointStaysWhereItIs) {
  WhereMountIsAllowed([&] {
    ASSERT_THAT(Mount("m"), SyscallSucceeds());
    EXPECT_THAT(rmdir(P("m").c_str()), SyscallFailsWithErrno(EBUSY));
    EXPECT_THAT(rename(P("m").c_str(), P("x").c_str()), SyscallFailsWithErrno(EBUSY));
    EXPECT_THAT(rename(P("f").c_str(), P("m/f").c_str()), SyscallFailsWithErrno(EXDEV));
    EXPECT_THAT(link(P("f").c_str(), P("m/f").c_str()), SyscallFailsWithErrno(EXDEV));
    ASSERT_THAT(Umount("m"), SyscallSucceeds());
  });
}

TEST_F(PathMount, Refusals) {
  WhereMountIsAllowed([&] {
    EXPECT_THAT(Mount("none"), SyscallFailsWithErrno(ENOENT));
    EXPECT_THAT(Mount("f"), SyscallFailsWithErrno(ENOTDIR));
    // With no mount in the view these are the kernel's to answer, and a plain user may not ask it.
    const bool refused = std::getenv("UM_TEST_FS") != nullptr && geteuid() != 0;
    EXPECT_THAT(Umount("m"), SyscallFailsWithErrno(refused ? EPERM : EINVAL))
        << "not a mount point";
    EXPECT_THAT(Umount("none"), SyscallFailsWithErrno(ENOENT));
    EXPECT_THAT(mount("none", P("m").c_str(), "no-such-type", 0, ""),
                SyscallFailsWithErrno(refused ? EPERM : ENODEV));
  });
}

}  // namespace
}  // namespace guest
