// VirtualDir: an open virtual directory. The guest holds a placeholder: an empty directory of our
// private tmpfs, one for each open, so that the kernel keeps its offset and, after fchdir, the cwd.
#ifndef SDK_CORE_VIRTUAL_DIR_H_
#define SDK_CORE_VIRTUAL_DIR_H_

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sdk/core/dir_link.h"
#include "sdk/core/open_object.h"
#include "sdk/core/real_base.h"

namespace umsdk {

// Thread-safe.
class VirtualDir final : public OpenObject {
 public:
  // `private_dir`: where the placeholder is made; must outlive the object.
  VirtualDir(std::shared_ptr<Mount> mount, NodePtr node, std::string path, int private_dir);
  ~VirtualDir() override;
  VirtualDir* dir() override { return this; }

  ErrnoOrOk Init();
  ObjectKey key() const { return key_; }
  int placeholder() const { return placeholder_.get(); }
  // Gives the placeholder's descriptor away: the guest's open file description.
  UniqueFd TakePlaceholder() { return std::move(placeholder_); }

  // How the walk that opened it came here; null: unknown.
  void SetAbove(std::shared_ptr<DirLink> above) { above_ = std::move(above); }
  const std::shared_ptr<DirLink>& above() const { return above_; }

  // It is to be a root directory: what real files are reached through then; null: the host's root.
  void SetBase(std::shared_ptr<const RealBase> base) { base_ = std::move(base); }
  const std::shared_ptr<const RealBase>& base() const { return base_; }

  void SetPathOnly() { path_only_ = true; }
  bool path_only() const override { return path_only_; }

  // Only we hold it: it does not keep the mount from being unmounted.
  void Unuse() { SetInUse(false); }

  // It has become the working directory or the root of some guest: no close tells of its end.
  void Pin() { pinned_ = true; }
  bool pinned() const { return pinned_; }
  void Unpin() { pinned_ = false; }
  // Whether it was seen to be nobody's; answers what was marked before.
  bool MarkLeft(bool left) { return left_.exchange(left); }

  // Makes a path in the placeholder a symlink to `target`, for the kernel's own path walks (exec).
  bool LinkTo(const std::vector<std::string>& names, const std::string& target);

  // Makes a path in the placeholder another name of `file`, which lies in the private directory.
  bool HoldAt(const std::vector<std::string>& names, const std::string& file);

  // For a directory that a guest watches with inotify: what happens to names in it is repeated in the
  // placeholder, so that the kernel makes the events. StartMirror() before the watch is put on it.
  ErrnoOrOk StartMirror();
  bool mirrors() const { return mirrors_; }
  void MirrorCreate(const std::string& name, bool is_dir);
  void MirrorRemove(const std::string& name);
  void MirrorRename(const std::string& name, VirtualDir& to, const std::string& to_name);
  void MirrorCloseWrite(const std::string& name);

  // Entries from the directory offset `offset` on, as the guest sees them ("." and ".." included,
  // then the file system's, then `extra`: names of mounts in here). `emit` as in FileSystem::ReadDir.
  ErrnoOrOk List(uint64_t offset, const std::vector<std::string>& extra,
                 const std::function<bool(const DirEntry&)>& emit);

  ErrnoOr<Attr> Stat() override { return node()->fs().GetAttr(node()->id()); }
  bool Reap() override;

 private:
  // Makes the directories of the path below the placeholder; its name in the private directory.
  std::string MakeWay(const std::vector<std::string>& names) UMSDK_REQUIRES(links_mutex_);

  const int private_dir_;
  std::string name_;  // in the private directory
  UniqueFd placeholder_;
  ObjectKey key_;
  std::shared_ptr<DirLink> above_;  // set before others see the object, as is base_
  std::shared_ptr<const RealBase> base_;
  std::atomic<bool> pinned_{false};
  std::atomic<bool> left_{false};
  std::atomic<bool> path_only_{false};
  std::atomic<bool> mirrors_{false};
  Mutex links_mutex_;
  std::set<std::string> links_ UMSDK_GUARDED_BY(links_mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_VIRTUAL_DIR_H_
