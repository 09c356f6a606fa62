// Extended attributes.
#include <sys/xattr.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class FileXattr : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    Put(P("f"), "text");
    file_ = P("f");
    if (!is_virtual() && setxattr(file(), "user.probe", "", 0, 0) != 0 && errno == EOPNOTSUPP) {
      GTEST_SKIP() << "tmpfs has user attributes since 6.6 only";
    }
    removexattr(file(), "user.probe");
  }
  const char* file() const { return file_.c_str(); }

 private:
  std::string file_;
};

TEST_F(FileXattr, SetGetRemove) {
  ASSERT_THAT(setxattr(file(), "user.a", "value", 5, 0), SyscallSucceeds());
  char value[16] = "";
  EXPECT_THAT(getxattr(file(), "user.a", nullptr, 0), SyscallSucceedsWithValue(5));
  EXPECT_THAT(getxattr(file(), "user.a", value, sizeof(value)), SyscallSucceedsWithValue(5));
  EXPECT_STREQ(value, "value");
  EXPECT_THAT(getxattr(file(), "user.a", value, 4), SyscallFailsWithErrno(ERANGE));
  EXPECT_THAT(removexattr(file(), "user.a"), SyscallSucceeds());
  EXPECT_THAT(getxattr(file(), "user.a", value, 16), SyscallFailsWithErrno(ENODATA));
  EXPECT_THAT(removexattr(file(), "user.a"), SyscallFailsWithErrno(ENODATA));
}

TEST_F(FileXattr, CreateAndReplace) {
  EXPECT_THAT(setxattr(file(), "user.a", "1", 1, XATTR_REPLACE), SyscallFailsWithErrno(ENODATA));
  EXPECT_THAT(setxattr(file(), "user.a", "1", 1, XATTR_CREATE), SyscallSucceeds());
  EXPECT_THAT(setxattr(file(), "user.a", "2", 1, XATTR_CREATE), SyscallFailsWithErrno(EEXIST));
  EXPECT_THAT(setxattr(file(), "user.a", "22", 2, XATTR_REPLACE), SyscallSucceeds());
  EXPECT_THAT(getxattr(file(), "user.a", nullptr, 0), SyscallSucceedsWithValue(2));
}

TEST_F(FileXattr, List) {
  ASSERT_THAT(setxattr(file(), "user.a", "1", 1, 0), SyscallSucceeds());
  ASSERT_THAT(setxattr(file(), "user.bb", "", 0, 0), SyscallSucceeds());
  char names[256];
  const ssize_t n = listxattr(file(), names, sizeof(names));
  ASSERT_THAT(n, SyscallSucceeds());
  const std::string list(names, n);
  EXPECT_NE(list.find(std::string("user.a\0", 7)), std::string::npos);
  EXPECT_NE(list.find(std::string("user.bb\0", 8)), std::string::npos);
  EXPECT_THAT(listxattr(file(), nullptr, 0), SyscallSucceedsWithValue(n));
  EXPECT_THAT(listxattr(file(), names, n - 1), SyscallFailsWithErrno(ERANGE));
}

TEST_F(FileXattr, ByDescriptorAndThroughLinks) {
  const Fd fd = Open(P("f"), O_RDONLY);
  ASSERT_THAT(fsetxattr(fd.get(), "user.fd", "1", 1, 0), SyscallSucceeds());
  ASSERT_THAT(symlink("f", P("link").c_str()), SyscallSucceeds());
  char value;
  EXPECT_THAT(getxattr(P("link").c_str(), "user.fd", &value, 1), SyscallSucceedsWithValue(1));
  EXPECT_THAT(fgetxattr(fd.get(), "user.fd", &value, 1), SyscallSucceedsWithValue(1));
  EXPECT_THAT(lsetxattr(P("link").c_str(), "user.x", "1", 1, 0), SyscallFailsWithErrno(EPERM))
      << "a link has no user attributes";
  EXPECT_THAT(fremovexattr(fd.get(), "user.fd"), SyscallSucceeds());
}

TEST_F(FileXattr, StaysWithTheInode) {
  ASSERT_THAT(setxattr(file(), "user.a", "v", 1, 0), SyscallSucceeds());
  ASSERT_THAT(rename(file(), P("g").c_str()), SyscallSucceeds());
  EXPECT_THAT(getxattr(P("g").c_str(), "user.a", nullptr, 0), SyscallSucceedsWithValue(1));
  Put(P("f"), "another");
  EXPECT_THAT(getxattr(file(), "user.a", nullptr, 0), SyscallFailsWithErrno(ENODATA));
}

TEST_F(FileXattr, BadRequests) {
  EXPECT_THAT(setxattr(file(), "nonamespace", "1", 1, 0), SyscallFailsWithErrno(EOPNOTSUPP));
  EXPECT_THAT(setxattr(file(), "user.a", "1", 1, 77), SyscallFailsWithErrno(EINVAL));
  EXPECT_THAT(setxattr(file(), "", "1", 1, 0), SyscallFailsWithErrno(ERANGE));
  EXPECT_THAT(setxattr(file(), ("user." + std::string(300, 'n')).c_str(), "1", 1, 0),
              SyscallFailsWithErrno(ERANGE));
  EXPECT_THAT(setxattr(file(), "user.a", BadAddress(), 1, 0), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(getxattr(P("none").c_str(), "user.a", nullptr, 0), SyscallFailsWithErrno(ENOENT));
}

TEST_F(FileXattr, ReadOnlyForTheUnprivileged) {
  PassesAsPlainUser([&] {
    Put(P("mine"), "");
    ASSERT_THAT(chmod(P("mine").c_str(), 0444), SyscallSucceeds());
    EXPECT_THAT(setxattr(P("mine").c_str(), "user.a", "1", 1, 0), SyscallFailsWithErrno(EACCES));
  });
}

}  // namespace
}  // namespace guest
