// TwinFs: operations on contents and attributes.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sdk/testing/errno_matchers.h"
#include "sdk/testing/set_attr.h"
#include "sdk/testing/twin_fs.h"

namespace umsdk {
namespace {

int ErrorOf(long result) { return result < 0 ? errno : 0; }

// More of a file is not compared: sparse ones may be huge.
constexpr size_t kCompared = 256 * 1024;

}  // namespace

void TwinFs::Write(Object file, uint64_t offset, const std::string& data) {
  Pair& pair = objects_[file];
  const ssize_t real = ::pwrite(pair.io.get(), data.data(), data.size(), offset);
  const int error = ErrorOf(real);
  const ErrnoOr<size_t> ram = ram_->Write(pair.node, pair.handle, offset, data);
  ASSERT_THAT(ram, FailsWith(error));
  if (ram.ok()) {
    EXPECT_EQ(*ram, static_cast<size_t>(real));
  }
  CompareContents(pair);
}

void TwinFs::Truncate(Object file, uint64_t size) {
  Pair& pair = objects_[file];
  const int error = ErrorOf(::ftruncate(pair.io.get(), size));
  EXPECT_THAT(ram_->SetAttr(caller_, pair.node, SizeTo(size)), FailsWith(error));
  CompareContents(pair);
}

void TwinFs::Allocate(Object file, int mode, uint64_t offset, uint64_t length) {
  Pair& pair = objects_[file];
  const int error = ErrorOf(::fallocate(pair.io.get(), mode, offset, length));
  EXPECT_THAT(ram_->Fallocate(pair.node, pair.handle, mode, offset, length), FailsWith(error));
  CompareContents(pair);
}

void TwinFs::Seek(Object file, uint64_t offset, int whence) {
  Pair& pair = objects_[file];
  const off_t real = ::lseek(pair.io.get(), offset, whence);
  const int error = ErrorOf(real);
  const ErrnoOr<uint64_t> ram = ram_->Seek(pair.node, pair.handle, offset, whence);
  ASSERT_THAT(ram, FailsWith(error));
  if (ram.ok()) {
    EXPECT_EQ(*ram, static_cast<uint64_t>(real));
  }
}

void TwinFs::CompareContents(const Pair& pair) {
  std::string real(kCompared, 'x');
  std::string ram(kCompared, 'y');
  const ssize_t real_size = ::pread(pair.io.get(), real.data(), real.size(), 0);
  ASSERT_SUCCEEDS_AND_ASSIGN(const size_t ram_size, ram_->Read(pair.node, pair.handle, 0, ram));
  ASSERT_EQ(ram_size, static_cast<size_t>(real_size));
  const auto [at, other] = std::mismatch(real.begin(), real.begin() + real_size, ram.begin());
  EXPECT_EQ(at - real.begin(), real_size) << "the contents differ there";
}

void TwinFs::ChangeMode(Object object, mode_t mode) {
  const int error = ErrorOf(::chmod(ProcPath(objects_[object]).c_str(), mode));
  EXPECT_THAT(ram_->SetAttr(caller_, objects_[object].node, ModeTo(mode)), FailsWith(error));
}

void TwinFs::ChangeOwner(Object object, uid_t uid, gid_t gid) {
  const int error = ErrorOf(::fchownat(objects_[object].path.get(), "", uid, gid, AT_EMPTY_PATH));
  EXPECT_THAT(ram_->SetAttr(caller_, objects_[object].node, OwnerTo(uid, gid)), FailsWith(error));
}

void TwinFs::SetTimes(Object object, timespec atime, timespec mtime) {
  Pair& pair = objects_[object];
  const timespec times[2] = {atime, mtime};
  const int error = ErrorOf(::utimensat(AT_FDCWD, ProcPath(pair).c_str(), times, 0));
  const ErrnoOr<Attr> ram = ram_->SetAttr(caller_, pair.node, TimesTo(atime, mtime));
  ASSERT_THAT(ram, FailsWith(error));
  struct stat real;
  ASSERT_EQ(::fstat(pair.path.get(), &real), 0);
  EXPECT_EQ(ram->atime.tv_sec, real.st_atim.tv_sec);
  EXPECT_EQ(ram->atime.tv_nsec, real.st_atim.tv_nsec);
  EXPECT_EQ(ram->mtime.tv_sec, real.st_mtim.tv_sec);
  EXPECT_EQ(ram->mtime.tv_nsec, real.st_mtim.tv_nsec);
}

void TwinFs::SetXattr(Object object, const std::string& name, const std::string& value, int flags) {
  const int error = ErrorOf(::setxattr(ProcPath(objects_[object]).c_str(), name.c_str(),
                                       value.data(), value.size(), flags));
  EXPECT_THAT(ram_->SetXattr(caller_, objects_[object].node, name, value, flags), FailsWith(error));
}

void TwinFs::GetXattr(Object object, const std::string& name) {
  std::string value(XATTR_SIZE_MAX, '\0');
  const ssize_t real =
      ::getxattr(ProcPath(objects_[object]).c_str(), name.c_str(), value.data(), value.size());
  const int error = ErrorOf(real);
  const ErrnoOr<std::string> ram = ram_->GetXattr(objects_[object].node, name);
  ASSERT_THAT(ram, FailsWith(error));
  if (ram.ok()) {
    EXPECT_EQ(*ram, value.substr(0, real));
  }
}

void TwinFs::RemoveXattr(Object object, const std::string& name) {
  const int error = ErrorOf(::removexattr(ProcPath(objects_[object]).c_str(), name.c_str()));
  EXPECT_THAT(ram_->RemoveXattr(caller_, objects_[object].node, name), FailsWith(error));
}

void TwinFs::ListXattr(Object object) {
  std::string names(XATTR_LIST_MAX, '\0');
  const ssize_t size = ::listxattr(ProcPath(objects_[object]).c_str(), names.data(), names.size());
  ASSERT_GE(size, 0);
  std::set<std::string> real;
  for (ssize_t at = 0; at < size; at += names.find('\0', at) - at + 1) {
    real.insert(names.c_str() + at);
  }
  // Others may be there that the kernel makes: ACLs, labels of a security module.
  ASSERT_SUCCEEDS_AND_ASSIGN(const std::vector<std::string> ram,
                             ram_->ListXattr(objects_[object].node));
  for (const std::string& name : ram) EXPECT_EQ(real.erase(name), 1u) << name;
  for (const std::string& space : abilities_.xattr_spaces) {
    for (const std::string& name : real) {
      EXPECT_FALSE(name.starts_with(space + "t")) << name << " is missing";
    }
  }
}

}  // namespace umsdk
