// TwinFs: operations on names.
#include <dirent.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sdk/testing/errno_matchers.h"
#include "sdk/testing/twin_fs.h"

namespace umsdk {
namespace {

int ErrorOf(long result) { return result < 0 ? errno : 0; }

// Name -> type and inode number, as both sides list them.
struct Listed {
  int type;
  uint64_t ino;
  bool operator==(const Listed&) const = default;
};
using Listing = std::map<std::string, Listed>;

void PrintTo(const Listed& listed, std::ostream* os) {
  *os << "type " << listed.type << " node " << listed.ino;
}

}  // namespace

void TwinFs::CompareMade(int real_error, const ErrnoOr<Entry>& made, Object dir,
                         const std::string& name) {
  ASSERT_THAT(made, FailsWith(real_error));
  if (!made.ok()) return;
  Adopt(*made, UniqueFd(::openat(objects_[dir].path.get(), name.c_str(),
                                 O_PATH | O_NOFOLLOW | O_CLOEXEC)));
}

void TwinFs::Lookup(Object dir, const std::string& name) {
  struct stat real;
  const int error =
      ErrorOf(::fstatat(objects_[dir].path.get(), name.c_str(), &real, AT_SYMLINK_NOFOLLOW));
  const ErrnoOr<Entry> found = ram_->Lookup(caller_, objects_[dir].node, name);
  ASSERT_THAT(found, FailsWith(error));
  if (!found.ok()) return;
  EXPECT_EQ(found->node, node_of_real_.at(real.st_ino));
  ram_->Forget(found->node, 1);
}

void TwinFs::MakeNode(Object dir, const std::string& name, mode_t mode, dev_t rdev) {
  const int error = ErrorOf(::mknodat(objects_[dir].path.get(), name.c_str(), mode, rdev));
  CompareMade(error, ram_->MakeNode(caller_, objects_[dir].node, name, mode, rdev), dir, name);
}

void TwinFs::MakeDir(Object dir, const std::string& name, mode_t mode) {
  const int error = ErrorOf(::mkdirat(objects_[dir].path.get(), name.c_str(), mode));
  CompareMade(error, ram_->MakeDir(caller_, objects_[dir].node, name, mode), dir, name);
}

void TwinFs::Symlink(Object dir, const std::string& name, const std::string& target) {
  const int error = ErrorOf(::symlinkat(target.c_str(), objects_[dir].path.get(), name.c_str()));
  CompareMade(error, ram_->Symlink(caller_, objects_[dir].node, name, target), dir, name);
}

void TwinFs::TmpFile(Object dir, mode_t mode) {
  UniqueFd real(::open(ProcPath(objects_[dir]).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  const int error = ErrorOf(real.get());
  const ErrnoOr<Entry> made = ram_->TmpFile(caller_, objects_[dir].node, mode);
  ASSERT_THAT(made, FailsWith(error));
  if (!made.ok()) return;
  const std::string path = "/proc/self/fd/" + std::to_string(real.get());
  Adopt(*made, UniqueFd(::open(path.c_str(), O_PATH | O_CLOEXEC)));
}

void TwinFs::Link(Object object, Object dir, const std::string& name) {
  const int error = ErrorOf(::linkat(AT_FDCWD, ProcPath(objects_[object]).c_str(),
                                     objects_[dir].path.get(), name.c_str(), AT_SYMLINK_FOLLOW));
  const ErrnoOr<Entry> linked =
      ram_->Link(caller_, objects_[object].node, objects_[dir].node, name);
  ASSERT_THAT(linked, FailsWith(error));
  if (linked.ok()) {
    EXPECT_EQ(linked->node, objects_[object].node);
  }
}

void TwinFs::Unlink(Object dir, const std::string& name) {
  const int error = ErrorOf(::unlinkat(objects_[dir].path.get(), name.c_str(), 0));
  EXPECT_THAT(ram_->Unlink(caller_, objects_[dir].node, name), FailsWith(error));
}

void TwinFs::RemoveDir(Object dir, const std::string& name) {
  const int error = ErrorOf(::unlinkat(objects_[dir].path.get(), name.c_str(), AT_REMOVEDIR));
  EXPECT_THAT(ram_->RemoveDir(caller_, objects_[dir].node, name), FailsWith(error));
}

void TwinFs::Rename(Object dir, const std::string& name, Object new_dir,
                    const std::string& new_name, unsigned flags) {
  const int error = ErrorOf(::renameat2(objects_[dir].path.get(), name.c_str(),
                                        objects_[new_dir].path.get(), new_name.c_str(), flags));
  EXPECT_THAT(
      ram_->Rename(caller_, objects_[dir].node, name, objects_[new_dir].node, new_name, flags),
      FailsWith(error));
}

void TwinFs::List(Object dir) {
  Listing real;
  DIR* stream = ::opendir(ProcPath(objects_[dir]).c_str());
  ASSERT_NE(stream, nullptr);
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    real[name] = {entry->d_type, node_of_real_.at(entry->d_ino)};
  }
  // readdir(3) hides ENOENT, what getdents64 says of a removed directory.
  const bool removed = objects_[dir].last_real.st_nlink == 0;
  ::closedir(stream);

  Listing ram;
  uint64_t offset = 0;
  for (bool more = true; more;) {
    more = false;
    // Three entries a call, so that offsets are used.
    int room = 3;
    const ErrnoOrOk listed = ram_->ReadDir(objects_[dir].node, offset, [&](const DirEntry& entry) {
      EXPECT_TRUE(ram.emplace(entry.name, Listed{entry.type, entry.ino}).second)
          << entry.name << " was listed twice";
      offset = entry.next;
      more = --room == 0;
      return !more;
    });
    ASSERT_THAT(listed, FailsWith(removed ? ENOENT : 0));
  }
  EXPECT_EQ(ram, real);
}

void TwinFs::ReadLink(Object object) {
  char target[PATH_MAX];
  // An empty path with anything but a link is ENOENT to the kernel, where a name would be EINVAL.
  const ssize_t size = ::readlinkat(objects_[object].path.get(), "", target, sizeof(target));
  const ErrnoOr<std::string> ram = ram_->ReadLink(objects_[object].node);
  if (size < 0) {
    EXPECT_THAT(ram, FailsWith(EINVAL));
  } else {
    EXPECT_THAT(ram, SucceedsWith(std::string(target, size)));
  }
}

}  // namespace umsdk
