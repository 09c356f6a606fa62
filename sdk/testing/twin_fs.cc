#include "sdk/testing/twin_fs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "gtest/gtest.h"
#include "sdk/testing/errno_matchers.h"

namespace umsdk {
namespace {

constexpr char kTmpfs[] = "/dev/shm";
// Users and groups without a meaning.
constexpr uid_t kOtherUser = 12345;
constexpr gid_t kOtherGroup = 12346;
constexpr gid_t kForeignGroup = 12347;

bool SetFileSystemIds(uid_t uid, gid_t gid) {
  ::setfsgid(gid);
  ::setfsuid(uid);
  return static_cast<uid_t>(::setfsuid(-1)) == uid && static_cast<gid_t>(::setfsgid(-1)) == gid;
}

bool KeepsSetIdWhenWritten(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  struct stat now = {};
  return ::fchmod(file.get(), 04700) == 0 && ::write(file.get(), "x", 1) == 1 &&
         ::fstat(file.get(), &now) == 0 && (now.st_mode & S_ISUID) != 0;
}

bool SameTime(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

bool TwinFs::Available() {
  struct statfs info;
  return ::statfs(kTmpfs, &info) == 0 && info.f_type == TMPFS_MAGIC;
}

bool TwinFs::MayBe(Identity identity) {
  if (identity == Identity::kSelf) return true;
  const bool may = SetFileSystemIds(kOtherUser, kOtherGroup);
  SetFileSystemIds(::geteuid(), ::getegid());
  return may;
}

TwinFs::TwinFs(Identity identity) {
  ::umask(0);
  std::string path = std::string(kTmpfs) + "/twin_fs.XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) ADD_FAILURE() << "mkdtemp in " << kTmpfs;
  real_path_ = path;
  caller_.uid = ::geteuid();
  caller_.gid = ::getegid();
  caller_.groups.resize(::getgroups(0, nullptr));
  caller_.groups.resize(::getgroups(caller_.groups.size(), caller_.groups.data()));
  if (identity == Identity::kOther) BecomeOther();

  Pair root;
  root.path.Reset(::open(path.c_str(), O_PATH | O_CLOEXEC));
  EXPECT_EQ(::fstat(root.path.get(), &root.last_real), 0);
  ram_ = std::make_unique<RamFs>(RamFs::Options{.root_mode = root.last_real.st_mode & 07777,
                                                .root_uid = root.last_real.st_uid,
                                                .root_gid = root.last_real.st_gid});
  root.node = kRootNode;
  AddPair(std::move(root));
  Probe();
}

TwinFs::~TwinFs() {
  if (other_) SetFileSystemIds(::geteuid(), ::getegid());
  std::error_code ignored;
  std::filesystem::remove_all(real_path_, ignored);
}

void TwinFs::BecomeOther() {
  EXPECT_EQ(::chown(real_path_.c_str(), kOtherUser, kForeignGroup), 0);
  EXPECT_EQ(::chmod(real_path_.c_str(), 02700), 0);
  EXPECT_TRUE(SetFileSystemIds(kOtherUser, kOtherGroup));
  caller_.uid = kOtherUser;
  caller_.gid = kOtherGroup;
  other_ = true;
}

void TwinFs::Probe() {
  const std::string probe = real_path_ + "/probe";
  abilities_.devices = ::mknod(probe.c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0;
  ::unlink(probe.c_str());
  EXPECT_EQ(::mknod(probe.c_str(), S_IFREG | 0600, 0), 0);
  for (const char* space : {"user.", "trusted.", "security."}) {
    const std::string name = std::string(space) + "probe";
    if (::setxattr(probe.c_str(), name.c_str(), "", 0, 0) != 0) continue;
    // CAP_SYS_ADMIN is not one of those that setfsuid drops: only the plain user's are certain.
    if (other_ && space != std::string("user.")) continue;
    abilities_.xattr_spaces.push_back(space);
  }
  abilities_.set_id = caller_.uid != 0 || KeepsSetIdWhenWritten(probe);
  abilities_.chown = ::chown(probe.c_str(), kOtherUser, kOtherGroup) == 0 && !other_;
  ::unlink(probe.c_str());
  EXPECT_EQ(::fstat(objects_[0].path.get(), &objects_[0].last_real), 0);
}

void TwinFs::AddPair(Pair pair) {
  const ErrnoOr<Attr> attr = ram_->GetAttr(pair.node);
  ASSERT_THAT(attr, Succeeds());
  pair.last_ram = *attr;
  const mode_t type = pair.last_real.st_mode & S_IFMT;
  if (type == S_IFREG) {
    pair.io.Reset(::open(ProcPath(pair).c_str(), O_RDWR | O_NOATIME | O_CLOEXEC));
    ASSERT_TRUE(pair.io.valid());
    ASSERT_SUCCEEDS_AND_ASSIGN(const OpenReply opened,
                               ram_->Open(caller_, pair.node, O_RDWR | O_NOATIME));
    pair.handle = opened.handle;
    regular_files_.push_back(objects_.size());
  } else if (type == S_IFDIR) {
    directories_.push_back(objects_.size());
  }
  node_of_real_[pair.last_real.st_ino] = pair.node;
  objects_.push_back(std::move(pair));
}

void TwinFs::Adopt(const Entry& entry, UniqueFd path) {
  Pair pair;
  pair.node = entry.node;
  pair.path = std::move(path);
  ASSERT_TRUE(pair.path.valid());
  ASSERT_EQ(::fstat(pair.path.get(), &pair.last_real), 0);
  AddPair(std::move(pair));
}

void TwinFs::CompareAttributes(Times times) {
  for (Pair& pair : objects_) {
    SCOPED_TRACE("object " + std::to_string(&pair - objects_.data()));
    ComparePair(pair, times);
  }
}

void TwinFs::ComparePair(Pair& pair, Times times) {
  struct stat real;
  ASSERT_EQ(::fstat(pair.path.get(), &real), 0);
  ASSERT_SUCCEEDS_AND_ASSIGN(const Attr ram, ram_->GetAttr(pair.node));
  EXPECT_EQ(ram.mode, real.st_mode);
  EXPECT_EQ(ram.nlink, real.st_nlink);
  EXPECT_EQ(ram.uid, real.st_uid);
  EXPECT_EQ(ram.gid, real.st_gid);
  EXPECT_EQ(ram.rdev, real.st_rdev);
  EXPECT_EQ(ram.size, static_cast<uint64_t>(real.st_size));
  EXPECT_EQ(ram.blocks, static_cast<uint64_t>(real.st_blocks));
  EXPECT_EQ(ram.blksize, static_cast<uint32_t>(real.st_blksize));
  const bool real_ctime = !SameTime(real.st_ctim, pair.last_real.st_ctim);
  const bool real_mtime = !SameTime(real.st_mtim, pair.last_real.st_mtim);
  const bool ram_ctime = !SameTime(ram.ctime, pair.last_ram.ctime);
  const bool ram_mtime = !SameTime(ram.mtime, pair.last_ram.mtime);
  const bool both_ways = times == Times::kBothWays;
  if (real_ctime || both_ways) {
    EXPECT_EQ(ram_ctime, real_ctime) << "ctime";
  }
  if (real_mtime || both_ways) {
    EXPECT_EQ(ram_mtime, real_mtime) << "mtime";
  }
  pair.last_real = real;
  pair.last_ram = ram;
}

void TwinFs::AwaitTick() {
  timespec start, now;
  ::clock_gettime(CLOCK_REALTIME_COARSE, &start);
  do {
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  } while (SameTime(start, now));
}

std::string TwinFs::ProcPath(const Pair& pair) {
  return "/proc/self/fd/" + std::to_string(pair.path.get());
}

}  // namespace umsdk
