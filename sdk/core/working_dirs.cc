#include "sdk/core/working_dirs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sdk/core/virtual_dir.h"

namespace umsdk {
namespace {

// What the processes that we may look at have as working directory, root or open directory.
std::vector<ObjectKey> DirectoriesInUse() {
  std::vector<ObjectKey> keys;
  std::error_code error;
  const std::string self = std::to_string(::getpid());
  auto add = [&](const std::string& path) {
    struct stat st;
    if (::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) keys.push_back({st.st_dev, st.st_ino});
  };
  for (const auto& process : std::filesystem::directory_iterator("/proc", error)) {
    std::string name = process.path().filename();
    if (name[0] < '0' || name[0] > '9' || name == self) continue;
    add(process.path().string() + "/cwd");
    add(process.path().string() + "/root");
    std::error_code gone;
    for (auto fds = std::filesystem::directory_iterator(process.path() / "fd", gone);
         !gone && fds != std::filesystem::directory_iterator(); fds.increment(gone)) {
      add(fds->path());
    }
  }
  return keys;
}

}  // namespace

void DropLeftDirs(View& view, const Mount* mount) {
  std::vector<VirtualDir*> pinned;
  std::vector<std::shared_ptr<OpenObject>> all = view.objects().All();
  for (const auto& object : all) {
    if (object->mount().get() == mount && object->dir() != nullptr && object->dir()->pinned()) {
      pinned.push_back(object->dir());
    }
  }
  if (pinned.empty()) return;
  std::vector<ObjectKey> used = DirectoriesInUse();
  for (VirtualDir* dir : pinned) {
    if (std::find(used.begin(), used.end(), dir->key()) != used.end()) continue;
    dir->Unpin();
    dir->Reap();
    view.objects().Remove(dir->key());
  }
}

}  // namespace umsdk
