#include "sdk/core/opening.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "sdk/core/virtual_device.h"
#include "sdk/core/virtual_dir.h"

namespace umsdk {
namespace {

Verdict InstallFile(Call& call, VirtualFile& file, int flags) {
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd fd, file.Open(call.caller(), flags));
  if ((flags & O_TRUNC) != 0) UMSDK_VERDICT_IF_ERRNO(file.Truncate(call.caller(), 0));
  return call.Install(fd, (flags & O_CLOEXEC) != 0);
}

Verdict InstallDir(Call& call, const Target& target, int flags) {
  auto dir = std::make_shared<VirtualDir>(target.mount, target.node, target.path, call.view().private_dir());
  UMSDK_VERDICT_IF_ERRNO(dir->Init());
  call.view().objects().Add(dir->key(), dir, dir->placeholder());
  return call.Install(dir->TakePlaceholder(), (flags & O_CLOEXEC) != 0);
}

Verdict InstallDevice(Call& call, const Target& target, int flags) {
  constexpr int kLargeFile = 0100000;  // O_LARGEFILE, which the C library defines away on 64 bits
  int driver_flags = (flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)) | kLargeFile;
  UMSDK_ASSIGN_OR_VERDICT(std::unique_ptr<DeviceFile> file,
                          target.mount->device->Open({call.caller(), driver_flags}));
  auto device = std::make_shared<VirtualDevice>(target.mount, target.path, std::move(file));
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd fd, device->Open(flags));
  call.view().objects().Add(device->key(), device, fd.get());
  Verdict verdict = call.Install(fd, (flags & O_CLOEXEC) != 0);
  return verdict;
}

// O_PATH: a name only. The kernel object is the file's memfd, or a placeholder.
Verdict InstallPath(Call& call, const Target& target, int flags) {
  View& view = call.view();
  if (S_ISDIR(target.attr.mode)) {
    auto dir = std::make_shared<VirtualDir>(target.mount, target.node, target.path, view.private_dir());
    UMSDK_VERDICT_IF_ERRNO(dir->Init());
    dir->Pin();  // the close of an O_PATH descriptor is not reported
    view.objects().Add(dir->key(), dir, dir->placeholder());
    UniqueFd placeholder = dir->TakePlaceholder();
    std::string self = "/proc/self/fd/" + std::to_string(placeholder.get());
    UniqueFd fd(::open(self.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return call.Install(fd, (flags & O_CLOEXEC) != 0);
  }
  if (!target.node || !S_ISREG(target.attr.mode)) return Verdict::Fail(Errno(EOPNOTSUPP));
  UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualFile> file, FileOfTarget(call, target));
  std::string self = "/proc/self/fd/" + std::to_string(file->memfd());
  UniqueFd fd(::open(self.c_str(), O_PATH | O_CLOEXEC));
  return call.Install(fd, (flags & O_CLOEXEC) != 0);
}

}  // namespace

ErrnoOr<std::shared_ptr<VirtualFile>> FileOfTarget(Call& call, const Target& target) {
  View& view = call.view();
  if (target.object && target.object->file()) {
    return std::shared_ptr<VirtualFile>(target.object, target.object->file());
  }
  if (auto file = view.objects().FileOf(target.mount.get(), target.node->id())) {
    if (file->path() != target.path) file->set_path(target.path);
    return file;
  }
  auto file = std::make_shared<VirtualFile>(target.mount, target.node, target.path,
                                            MakeNodeBacking(target.node), view.budget(), view.cache(),
                                            target.mount->traits.revalidate);
  UMSDK_RETURN_IF_ERRNO(file->Init());
  return view.objects().AddFile(std::move(file));
}

ErrnoOr<std::shared_ptr<VirtualFile>> FileOfService(View& view, std::unique_ptr<File> file,
                                                    const std::string& path) {
  auto shared = std::make_shared<VirtualFile>(nullptr, nullptr, path, MakeFileBacking(std::move(file)),
                                              view.budget(), view.cache(), false);
  UMSDK_RETURN_IF_ERRNO(shared->Init());
  view.objects().Add(shared->key(), shared, shared->memfd());
  return shared;
}

Verdict InstallTarget(Call& call, const Target& target, int flags) {
  if ((flags & O_PATH) != 0) return InstallPath(call, target, flags);
  if (target.mount && target.mount->device) return InstallDevice(call, target, flags);
  if (S_ISDIR(target.attr.mode)) return InstallDir(call, target, flags);
  if (S_ISREG(target.attr.mode)) {
    UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualFile> file, FileOfTarget(call, target));
    return InstallFile(call, *file, flags);
  }
  // Device nodes of a virtual file system open nothing (nodev); sockets never do.
  if (S_ISCHR(target.attr.mode) || S_ISBLK(target.attr.mode)) return Verdict::Fail(Errno(EACCES));
  return Verdict::Fail(Errno(ENXIO));
}

}  // namespace umsdk
