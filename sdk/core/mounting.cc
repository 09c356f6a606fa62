#include "sdk/core/mounting.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "sdk/core/chain_context.h"
#include "sdk/core/device_parts.h"
#include "sdk/core/mount_cache.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/real_root.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/working_dirs.h"
#include "umsdk/waiting.h"

namespace umsdk {
namespace {

// The first service that takes the mount.
ErrnoOr<std::pair<std::shared_ptr<Service>, Mounted>> AskServices(Call& call, const ServiceChain::Links& links,
                                                                  const MountRequest& request, uint64_t epoch) {
  Errno refusal{ENODEV};
  for (const std::shared_ptr<Service>& service : links) {
    ErrnoOr<Mounted> mounted(refusal);
    ChainContext context(call, {service}, [&](Service& one, SyscallContext& ctx) {
      mounted = one.OnMount(ctx, request);
      return SyscallResult::Value(0);
    });
    context.SetEpoch(epoch);
    if (SyscallResult ignored = context.Run(); ignored.is_kernel()) continue;
    if (mounted.ok()) return std::make_pair(service, *std::move(mounted));
    refusal = mounted.error();
    if (refusal != Errno(ENODEV)) break;
  }
  return refusal;
}

// The target must be a directory; that of a leaf may be anything, or nothing yet.
ErrnoOrOk CheckTarget(const Target& target, bool exists, mode_t mode, bool leaf) {
  if (leaf) return target.trailing_slash && !exists ? ErrnoOrOk(Errno(ENOENT)) : ErrnoOrOk();
  if (!exists) return Errno(ENOENT);
  return S_ISDIR(mode) ? ErrnoOrOk() : ErrnoOrOk(Errno(ENOTDIR));
}

ErrnoOr<bool> TargetExists(const Target& target, mode_t& mode) {
  if (target.is_virtual()) {
    mode = target.attr.mode;
    return target.exists;
  }
  struct stat st;
  if (::lstat(target.path.c_str(), &st) == 0) {
    mode = st.st_mode;
    return true;
  }
  if (errno != ENOENT) return LastErrno();
  // The directory must be there for a leaf.
  std::string parent = target.path.substr(0, target.path.rfind('/'));
  if (!parent.empty() && ::stat(parent.c_str(), &st) != 0) return LastErrno();
  return false;
}

ErrnoOrOk DoMount(Call& call, const ServiceChain::Links& links, const MountArgs& args, const Target& target) {
  mode_t mode = 0;
  UMSDK_ASSIGN_OR_ERRNO(bool exists, TargetExists(target, mode));
  if (target.path.empty() || target.path[0] != '/') return Errno(ENOENT);
  if (target.path == RealRoot(call).root()) return Errno(EBUSY);  // docs/differences.md
  MountRequest request{args.source, target.path, args.type, args.flags, args.options};
  uint64_t epoch = call.view().NextEpoch();
  UMSDK_ASSIGN_OR_ERRNO(auto taken, AskServices(call, links, request, epoch));
  Mounted& mounted = taken.second;
  if (mounted.elsewhere) return {};
  if ((mounted.file_system == nullptr) == (mounted.device == nullptr)) return Errno(EIO);
  UMSDK_RETURN_IF_ERRNO(CheckTarget(target, exists, mode, mounted.device != nullptr || mounted.traits.leaf));
  auto mount = std::make_shared<Mount>();
  mount->traits = mounted.traits;
  if (mount->shows_real() && target.is_virtual()) {
    call.view().Report(args.type + ": " + target.path + " covers no real directory that could be seen");
    return Errno(EINVAL);
  }
  mount->dev = NextMountDevice();
  mount->epoch = epoch;
  if (target.mount) mount->parent = target.mount->dev;
  mount->source = args.source;
  mount->target = target.path;
  mount->type = args.type;
  mount->options = args.options;
  mount->flags = args.flags;
  mount->fs = std::move(mounted.file_system);
  mount->device = std::move(mounted.device);
  if (mounted.parts) mount->parts = std::make_shared<PartMounts>(std::move(mounted.parts));
  mount->service = std::move(taken.first);
  if (mount->fs) mount->fs->SetCacheControl(std::make_shared<MountCache>(call.view().objects(), mount));
  if (mount->fs) call.view().mount_ends().Add(mount->fs->End());
  call.layer().mounts().Add(std::move(mount));
  call.layer().events().Publish(ViewEvent::Kind::kMounted, target.path, args.type);
  return {};
}

}  // namespace

std::optional<Verdict> MountForGuest(Call& call, const MountArgs& args) {
  constexpr unsigned long kOther = MS_REMOUNT | MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
  std::shared_ptr<const ServiceChain> chain = call.layer().chain();
  ServiceChain::Links links = chain->ForFsType(args.type);
  if (links.empty() && call.layer().mounts().empty()) return std::nullopt;
  ErrnoOr<Target> target = WalkPath(call, AT_FDCWD, args.target, {});
  if (!target.ok()) return Verdict::Fail(target.error());
  if (links.empty() || (args.flags & kOther) != 0) {
    // The kernel cannot mount on what is ours, and would only say EPERM to a plain user.
    if (target->native && call.status().sys_admin) return std::nullopt;
    return Verdict::Fail(Errno((args.flags & kOther) != 0 ? EINVAL : ENODEV));
  }
  call.MarkHandled();
  return ToVerdict(DoMount(call, links, args, *target));
}

namespace {

bool InUse(const Mount& mount, const std::vector<std::shared_ptr<Mount>>& all) {
  if (mount.in_use > 0) return true;
  for (const auto& other : all) {
    if (other->parent == mount.dev) return true;
  }
  if (!mount.parts) return false;
  for (const auto& part : mount.parts->All(mount)) {
    if (InUse(*part, all)) return true;
  }
  return false;
}

}  // namespace

ErrnoOrOk Unmount(View& view, Layer& layer, const std::shared_ptr<Mount>& mount, int flags) {
  ObjectTable& objects = view.objects();
  objects.Settle();
  objects.DropIdle(mount.get());
  objects.DropClosedNatives();
  DropLeftDirs(view, mount.get());
  bool lazy = (flags & MNT_DETACH) != 0;  // MNT_FORCE of a busy mount is EBUSY, as the kernel says
  if ((flags & MNT_FORCE) != 0 && mount->fs) mount->fs->Abort();
  if (!lazy && InUse(*mount, layer.mounts().List())) return Errno(EBUSY);
  // In a layer that was copied it stays as it is.
  if (mount->tables <= 1) {
    for (const auto& object : objects.All()) {
      if (object->mount() == mount && object->file() != nullptr) object->Reap();
    }
  }
  ErrnoOrOk synced = mount->fs ? mount->fs->Sync() : ErrnoOrOk();
  if (!synced.ok()) {
    view.Report("umount " + mount->target + ": writing back failed: errno " +
                std::to_string(static_cast<int>(synced.error())));
  }
  if (!layer.mounts().Remove(mount.get())) return Errno(EINVAL);
  layer.events().Publish(ViewEvent::Kind::kUnmounted, mount->target, mount->type);
  return {};
}

ErrnoOrOk AwaitMountEnd(std::shared_ptr<Mount> mount, bool lazy) {
  std::shared_ptr<FileSystemEnd> end = mount->fs && mount->tables == 0 ? mount->fs->End() : nullptr;
  if (!end) return {};
  std::weak_ptr<Mount> user = mount;
  mount.reset();
  // Who looks at it just now lets it go in a moment; what holds it for long made it busy.
  constexpr int kMoments = 100;
  constexpr std::chrono::milliseconds kMoment(5);
  for (int i = 0; !lazy && i < kMoments && !user.expired(); ++i) std::this_thread::sleep_for(kMoment);
  return end->Await();
}

void UnmountLayer(View& view, Layer& layer) {
  std::vector<std::shared_ptr<Mount>> all = layer.mounts().List();
  // The newest goes first, and with it what it has open of older ones.
  while (!all.empty()) {
    std::shared_ptr<Mount> mount = std::move(all.back());
    all.pop_back();
    // What another layer has too goes on there.
    if (mount->tables > 1 && layer.mounts().Remove(mount.get()) && mount->tables > 0) continue;
    (void)Unmount(view, layer, mount, MNT_DETACH);
    (void)AwaitMountEnd(std::move(mount), true);
  }
}

std::optional<Verdict> UnmountForGuest(Call& call, const std::string& path, int flags) {
  if (call.layer().mounts().empty()) return std::nullopt;
  ErrnoOr<Target> target = WalkPath(call, AT_FDCWD, path,
                                    {.follow = (flags & UMOUNT_NOFOLLOW) == 0, .ask_last = false});
  if (!target.ok()) return Verdict::Fail(target.error());
  if (target->native && call.status().sys_admin) return std::nullopt;
  call.MarkHandled();
  const bool known = target->exists || target->object || call.view().foreign_roots();
  if (!known && (!target->native || (::access(target->path.c_str(), F_OK) != 0 && errno == ENOENT))) {
    return Verdict::Fail(Errno(ENOENT));
  }
  // umount -l and -f come to an end although a daemon does not answer.
  constexpr std::chrono::milliseconds kLazyLimit(1000);
  LimitedWaiting limited(Waiting::Current(), kLazyLimit);
  bool lazy = (flags & (MNT_DETACH | MNT_FORCE)) != 0;
  WaitingScope scope(lazy ? &limited : Waiting::Current());
  std::shared_ptr<Mount> mount = std::move(target->mount);
  std::string where = target->path;
  target = Errno(0);  // holds nodes of the mount
  if (!mount || mount->target != where || mount->is_part) return Verdict::Fail(Errno(EINVAL));
  ErrnoOrOk done = Unmount(call.view(), call.layer(), mount, flags);
  return ToVerdict(done.ok() ? AwaitMountEnd(std::move(mount), lazy) : done);
}

}  // namespace umsdk
