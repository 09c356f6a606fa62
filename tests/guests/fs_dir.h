#ifndef TESTS_GUESTS_FS_DIR_H_
#define TESTS_GUESTS_FS_DIR_H_

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "gtest/gtest.h"

namespace guest {

// A fresh directory on tmpfs, with a short name (a socket address must hold it); removed with all
// that is in it. Everybody may write there, so that a test can give up its privileges.
class TempDir {
 public:
  TempDir() {
    char name[] = "/dev/shm/g.XXXXXX";
    if (mkdtemp(name) == nullptr) return;
    path_ = name;
    EXPECT_EQ(chmod(name, 0777), 0);
  }
  ~TempDir() {
    std::error_code error;
    if (!path_.empty()) std::filesystem::remove_all(path_, error);
    EXPECT_FALSE(error) << path_ << ": " << error.message();
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  bool ok() const { return !path_.empty(); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A fresh, empty directory on the file system under test: the type that UM_TEST_FS names, mounted
// by the guest itself, else tmpfs.
class FsDir {
 public:
  FsDir() {
    const char* type = std::getenv("UM_TEST_FS");
    if (type == nullptr) return;
    mounted_ = mount("none", path().c_str(), type, 0, "") == 0;
    EXPECT_TRUE(mounted_) << "mount -t " << type << ": " << strerror(errno);
    ok_ = mounted_;
    if (mounted_) {
      EXPECT_EQ(chmod(path().c_str(), 0777), 0);
    }
  }
  // A test that leaves a descriptor, a mapping or a working directory behind fails here: EBUSY.
  ~FsDir() {
    if (mounted_) {
      EXPECT_EQ(umount2(path().c_str(), 0), 0) << strerror(errno);
    }
  }
  FsDir(const FsDir&) = delete;
  FsDir& operator=(const FsDir&) = delete;

  bool ok() const { return ok_ && dir_.ok(); }
  bool is_virtual() const { return mounted_; }
  const std::string& path() const { return dir_.path(); }

 private:
  TempDir dir_;
  bool mounted_ = false;
  bool ok_ = true;
};

// The fixture of the tests that run on any file system.
class FsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fs_.ok());
    umask(022);
  }

  const std::string& dir() const { return fs_.path(); }
  std::string P(const std::string& name) const { return fs_.path() + "/" + name; }
  bool is_virtual() const { return fs_.is_virtual(); }

 private:
  FsDir fs_;
};

}  // namespace guest

#endif  // TESTS_GUESTS_FS_DIR_H_
