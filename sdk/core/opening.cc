#include "sdk/core/opening.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "sdk/core/native_object.h"
#include "sdk/core/set_id.h"
#include "sdk/core/virtual_device.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/virtual_node.h"
#include "sdk/core/virtual_stream.h"
#include "sdk/core/with_room.h"

namespace umsdk {
namespace {

// How many of the guest's descriptors are below `limit`.
uint64_t DescriptorsBelow(Call& call, uint64_t limit) {
  DIR* dir = ::opendir(call.ProcPath("fd").c_str());
  if (dir == nullptr) return 0;
  uint64_t count = 0;
  while (const dirent* entry = ::readdir(dir)) {
    if (entry->d_name[0] != '.' && std::strtoull(entry->d_name, nullptr, 10) < limit) ++count;
  }
  ::closedir(dir);
  return count;
}

Verdict InstallStream(Call& call, const Target& target, int flags, const OpenReply& reply) {
  auto stream = std::make_shared<VirtualStream>(target.mount, target.node, target.path, reply);
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd fd, stream->Open(flags));
  call.view().objects().Add(stream->key(), stream, fd.get());
  if ((flags & O_TRUNC) != 0) {
    SetAttrRequest change;
    change.size = 0;
    UMSDK_VERDICT_IF_ERRNO(target.node->fs().SetAttr(call.caller(), target.node->id(), change));
  }
  return call.Install(fd, (flags & O_CLOEXEC) != 0);
}

Verdict InstallFile(Call& call, const Target& target, int flags) {
  ObjectTable& objects = call.view().objects();
  // What guests have closed is released first: some can be open once only.
  if (objects.has_streams()) objects.Settle();
  if ((flags & O_TRUNC) != 0) UMSDK_VERDICT_IF_ERRNO(RoomForDescriptor(call));
  if (target.open && target.open->seeking != OpenReply::Seeking::kFree) {
    return InstallStream(call, target, flags, *target.open);
  }
  UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualFile> shared, FileOfTarget(call, target));
  VirtualFile& file = *shared;
  file.NoteMode(target.attr.mode);
  OpenReply reply;
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd fd, WithRoom(call.view(), Errno(ENFILE), [&] {
    return file.Open(call.identity().caller, flags, target.open, &reply);
  }));
  if (!fd.valid()) {
    const bool idle = file.idle();
    shared.reset();
    if (idle) objects.DropRemoved(target.mount.get(), target.node->id());
    return InstallStream(call, target, flags, reply);
  }
  if ((flags & O_TRUNC) != 0) {
    UMSDK_VERDICT_IF_ERRNO(DropSetId(call, file));
    UMSDK_VERDICT_IF_ERRNO(file.Truncate(call.caller(), 0));
  }
  return call.Install(fd, (flags & O_CLOEXEC) != 0);
}

Verdict InstallDir(Call& call, const Target& target, int flags) {
  UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualDir> dir, DirOfTarget(call, target));
  call.view().objects().Add(dir->key(), dir, dir->placeholder());
  return call.Install(dir->TakePlaceholder(), (flags & O_CLOEXEC) != 0);
}

Verdict InstallDevice(Call& call, const Target& target, int flags) {
  constexpr int kLargeFile = 0100000;  // O_LARGEFILE, which the C library defines away on 64 bits
  int driver_flags = (flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)) | kLargeFile;
  if (target.mount->device->native()) {
    UMSDK_ASSIGN_OR_VERDICT(NativeOpen open,
                            target.mount->device->OpenNative({call.caller(), driver_flags}));
    return InstallNative(call, target.mount, target.path, std::move(open), flags);
  }
  UMSDK_ASSIGN_OR_VERDICT(std::unique_ptr<DeviceFile> file,
                          target.mount->device->Open({call.caller(), driver_flags}));
  auto device = std::make_shared<VirtualDevice>(target.mount, target.path, std::move(file));
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd fd, device->Open(flags));
  call.view().objects().Add(device->key(), device, fd.get());
  Verdict verdict = call.Install(fd, (flags & O_CLOEXEC) != 0);
  return verdict;
}

// O_PATH: a name only.
Verdict InstallPath(Call& call, const Target& target, int flags) {
  View& view = call.view();
  bool close_on_exec = (flags & O_CLOEXEC) != 0;
  if (S_ISDIR(target.attr.mode)) {
    UMSDK_ASSIGN_OR_VERDICT(std::shared_ptr<VirtualDir> dir, DirOfTarget(call, target));
    dir->SetPathOnly();
    view.objects().Add(dir->key(), dir, dir->placeholder());
    return call.Install(dir->TakePlaceholder(), close_on_exec);
  }
  if (!target.mount) return Verdict::Fail(Errno(EOPNOTSUPP));  // a File of a service
  auto node = std::make_shared<VirtualNode>(target.mount, target.node, target.path);
  UMSDK_ASSIGN_OR_VERDICT(UniqueFd fd, node->Open());
  view.objects().Add(node->key(), node, fd.get());
  return call.Install(fd, close_on_exec);
}

}  // namespace

Verdict InstallNative(Call& call, const std::shared_ptr<Mount>& mount, const std::string& path,
                      NativeOpen open, int flags) {
  struct stat st;
  if (!open.file || ::fstat(open.fd.get(), &st) != 0) return Verdict::Fail(Errno(EBADF));
  ObjectTable& objects = call.view().objects();
  objects.DropClosedNatives();
  const ObjectKey key{st.st_dev, st.st_ino};
  objects.Add(key, std::make_shared<NativeObject>(mount, path, open.file), open.fd.get());
  return call.Install(open.fd, (flags & O_CLOEXEC) != 0);
}

ErrnoOrOk RoomForDescriptor(Call& call) {
  rlimit limit;
  if (::prlimit(call.tid(), RLIMIT_NOFILE, nullptr, &limit) != 0) return {};
  // Linux 6.2 and later give the number of descriptors as the size of the directory.
  struct stat st;
  bool counted = ::stat(call.ProcPath("fd").c_str(), &st) == 0 && st.st_size > 0;
  if (counted && static_cast<uint64_t>(st.st_size) < limit.rlim_cur) return {};
  return DescriptorsBelow(call, limit.rlim_cur) < limit.rlim_cur ? ErrnoOrOk() : ErrnoOrOk(Errno(EMFILE));
}

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
  UMSDK_RETURN_IF_ERRNO(WithRoom(view, Errno(ENFILE), [&] { return file->Init(); }));
  return view.objects().AddFile(std::move(file));
}

ErrnoOr<std::shared_ptr<VirtualDir>> DirOfTarget(Call& call, const Target& target) {
  auto dir = std::make_shared<VirtualDir>(target.mount, target.node, target.path, call.view().private_dir());
  UMSDK_RETURN_IF_ERRNO(dir->Init());
  dir->SetAbove(target.above);
  return dir;
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
  if (S_ISREG(target.attr.mode)) return InstallFile(call, target, flags);
  // Device nodes of a virtual file system open nothing (nodev); sockets never do.
  if (S_ISCHR(target.attr.mode) || S_ISBLK(target.attr.mode)) return Verdict::Fail(Errno(EACCES));
  return Verdict::Fail(Errno(ENXIO));
}

}  // namespace umsdk
