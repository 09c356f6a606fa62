#include "sdk/core/working_dirs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sdk/core/object_table.h"
#include "sdk/core/virtual_dir.h"

namespace umsdk {
namespace {

using Keys = std::unordered_set<ObjectKey, ObjectKeyHash>;

// DONT_SYNC: some process may have to do with a FUSE daemon or a server that does not answer.
void AddDir(const std::string& path, Keys& keys) {
  struct statx st;
  if (::statx(AT_FDCWD, path.c_str(), AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &st) != 0) return;
  if (S_ISDIR(st.stx_mode)) keys.insert({makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino});
}

// Calls `visit` with the path of each entry, as long as the directory can be read.
template <typename Visit>
void ForEachIn(const std::string& path, const Visit& visit) {
  std::error_code error;
  std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator it(path, error); !error && it != end;
       it.increment(error)) {
    visit(it->path().string());
  }
}

// What the processes that we may look at have as open directory, working directory or root. In this
// order: who has just entered an open directory and closed it is found all the same.
Keys DirectoriesInUse() {
  Keys keys;
  const std::string self = "/proc/" + std::to_string(::getpid());
  ForEachIn("/proc", [&](const std::string& process) {
    char first = process[sizeof("/proc/") - 1];
    if (first < '0' || first > '9' || process == self) return;
    ForEachIn(process + "/fd", [&](const std::string& fd) { AddDir(fd, keys); });
    ForEachIn(process + "/task", [&](const std::string& task) {
      AddDir(task + "/cwd", keys);
      AddDir(task + "/root", keys);
    });
  });
  return keys;
}

// `twice`: only what was found left before, too: a process may hide from one look.
size_t DropLeft(ObjectTable& objects, const Mount* mount, bool twice) {
  std::vector<std::shared_ptr<OpenObject>> pinned;
  for (std::shared_ptr<OpenObject>& object : objects.All()) {
    VirtualDir* dir = object->dir();
    if (dir == nullptr || !dir->pinned()) continue;
    // Watched directories are nobody's, and go with their mount.
    bool wanted = mount == nullptr ? !dir->mirrors() : object->mount().get() == mount;
    if (wanted) pinned.push_back(std::move(object));
  }
  if (pinned.empty()) return 0;
  Keys used = DirectoriesInUse();
  size_t left = pinned.size();
  for (const std::shared_ptr<OpenObject>& object : pinned) {
    VirtualDir* dir = object->dir();
    // Who is entering it now has it in hand, besides this list and the table.
    bool in_use = used.contains(dir->key()) || object.use_count() > 2;
    bool seen_left = dir->MarkLeft(!in_use);
    if (in_use || (twice && !seen_left)) continue;
    dir->Unpin();
    dir->Reap();
    objects.Remove(dir->key());
    --left;
  }
  return left;
}

}  // namespace

void DropLeftDirs(View& view, const Mount* mount) { (void)DropLeft(view.objects(), mount, false); }

void NoteWorkingDir(View& view) {
  ObjectTable& objects = view.objects();
  if (objects.CountPinned()) objects.SetPinned(DropLeft(objects, nullptr, true));
}

}  // namespace umsdk
