#include "sdk/core/ordered_end.h"

#include <dirent.h>
#include <sys/mount.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sdk/core/call.h"
#include "sdk/core/mounting.h"

namespace umsdk {
namespace {

// The process has something open that is on another mount than its own.
bool Leans(View& view, pid_t process, const Mount* own) {
  const std::string path = "/proc/" + std::to_string(process) + "/fd";
  std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), &::closedir);
  if (!dir) return false;
  while (const dirent* entry = ::readdir(dir.get())) {
    if (entry->d_name[0] == '.') continue;
    std::shared_ptr<OpenObject> object = ObjectAt(view, path + "/" + entry->d_name);
    if (object && object->mount() && object->mount().get() != own) return true;
  }
  return false;
}

}  // namespace

void UnmountLeaning(View& view) {
  std::vector<std::shared_ptr<Mount>> all = view.layer().mounts().List();
  while (!all.empty()) {
    std::shared_ptr<Mount> mount = std::move(all.back());
    all.pop_back();
    std::shared_ptr<FileSystemEnd> end = mount->fs ? mount->fs->End() : nullptr;
    pid_t process = end ? end->Process() : 0;
    if (process <= 0 || mount->tables > 1 || !Leans(view, process, mount.get())) continue;
    // EBUSY: a guest uses it, and may want to write because of its SIGTERM.
    if (!Unmount(view, view.layer(), mount, 0).ok()) continue;
    end.reset();
    (void)AwaitMountEnd(std::move(mount), false);
  }
}

}  // namespace umsdk
