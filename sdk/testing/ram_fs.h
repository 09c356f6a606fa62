// RamFs: a complete file system in memory. It behaves as Linux's tmpfs does below the permission
// checks, which are the SDK's (FileSystemTraits::check_permissions).
//
// It differs from tmpfs where that lacks something: fallocate knows FALLOC_FL_ZERO_RANGE. And where
// FileSystem gives no way to do the same: whether a writer is privileged is decided when the file
// is opened, truncating to the same size counts as a change, there are no ACLs and no
// RENAME_WHITEOUT.
#ifndef SDK_TESTING_RAM_FS_H_
#define SDK_TESTING_RAM_FS_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/testing/ram_budget.h"
#include "sdk/testing/ram_clock.h"
#include "sdk/testing/ram_node.h"
#include "sdk/testing/ram_node_table.h"
#include "umsdk/file_system.h"

namespace umsdk {

// Thread-safe. tree_mutex_ guards all names; each node's mutex its attributes and contents, so
// files are read and written in parallel. See RamNode for the order of the locks.
//
// Handles: Open never gives handle 0. With handle 0 the data calls work too, as the SDK's own: they
// change no atime and clear no set-user-ID bit.
class RamFs final : public FileSystem {
 public:
  struct Options {
    uint64_t max_bytes = uint64_t{1} << 30;   // of file contents, in whole pages; then ENOSPC
    uint64_t max_inodes = uint64_t{1} << 20;  // additional hard links count too, as in tmpfs
    uint64_t max_file_bytes = std::numeric_limits<int64_t>::max();  // of one file; then EFBIG
    mode_t root_mode = 0755;
    uid_t root_uid = 0;
    gid_t root_gid = 0;
    double ttl_seconds = 0;  // Entry::ttl_seconds of every answer
  };

  RamFs();
  explicit RamFs(const Options& options);

  // ram_fs_names.cc
  ErrnoOr<Entry> Lookup(const Caller& caller, NodeId parent, std::string_view name) override;
  std::optional<ErrnoOr<Entry>> LookupForAnybody(NodeId parent, std::string_view name) override {
    return Lookup(Caller(), parent, name);
  }
  void Forget(NodeId node, uint64_t count) override;
  ErrnoOr<Entry> Link(const Caller& caller, NodeId node, NodeId new_parent,
                      std::string_view new_name) override;
  ErrnoOrOk Unlink(const Caller& caller, NodeId parent, std::string_view name) override;
  ErrnoOrOk RemoveDir(const Caller& caller, NodeId parent, std::string_view name) override;

  // ram_fs_create.cc
  ErrnoOr<Entry> MakeNode(const Caller& caller, NodeId parent, std::string_view name, mode_t mode,
                          dev_t rdev) override;
  ErrnoOr<Entry> MakeDir(const Caller& caller, NodeId parent, std::string_view name,
                         mode_t mode) override;
  ErrnoOr<Entry> Symlink(const Caller& caller, NodeId parent, std::string_view name,
                         std::string_view target) override;
  ErrnoOr<Entry> TmpFile(const Caller& caller, NodeId dir, mode_t mode) override;

  // ram_fs_rename.cc
  ErrnoOrOk Rename(const Caller& caller, NodeId parent, std::string_view name, NodeId new_parent,
                   std::string_view new_name, unsigned flags) override;

  // ram_fs_dir.cc
  ErrnoOr<std::string> ReadLink(NodeId node) override;
  ErrnoOrOk ReadDir(NodeId node, uint64_t offset,
                    const std::function<bool(const DirEntry&)>& emit) override;
  ErrnoOr<struct statvfs> StatFs() override;

  // ram_fs_attr.cc
  ErrnoOr<Attr> GetAttr(NodeId node) override;
  ErrnoOr<Attr> SetAttr(const Caller& caller, NodeId node, const SetAttrRequest& request) override;

  // ram_fs_data.cc
  ErrnoOr<OpenReply> Open(const Caller& caller, NodeId node, int flags) override;
  void Release(NodeId node, FileHandle handle) override;
  ErrnoOr<size_t> Read(NodeId node, FileHandle handle, uint64_t offset,
                       std::span<char> out) override;
  ErrnoOr<size_t> Write(NodeId node, FileHandle handle, uint64_t offset,
                        std::span<const char> data) override;
  ErrnoOrOk Fallocate(NodeId node, FileHandle handle, int mode, uint64_t offset,
                      uint64_t length) override;
  ErrnoOr<uint64_t> Seek(NodeId node, FileHandle handle, uint64_t offset, int whence) override;

  // ram_fs_xattr.cc
  ErrnoOr<std::string> GetXattr(NodeId node, std::string_view name) override;
  ErrnoOr<std::vector<std::string>> ListXattr(NodeId node) override;
  ErrnoOrOk SetXattr(const Caller& caller, NodeId node, std::string_view name,
                     std::string_view value, int flags) override;
  ErrnoOrOk RemoveXattr(const Caller& caller, NodeId node, std::string_view name) override;

 private:
  using NodePtr = std::shared_ptr<RamNode>;
  struct RenamePlan;

  // ---- nodes ----
  ErrnoOr<NodePtr> Node(NodeId id) const;         // else ESTALE
  ErrnoOr<NodePtr> Directory(NodeId id) const;    // else ENOTDIR
  ErrnoOr<NodePtr> RegularFile(NodeId id) const;  // else EISDIR, EINVAL
  // What the name names; null when nothing. Fails when `dir` was removed or the name is none.
  ErrnoOr<NodePtr> Child(const RamNode& dir, std::string_view name) const
      UMSDK_REQUIRES(tree_mutex_);
  // A directory in which names can be made, and the name is a valid new one.
  ErrnoOr<NodePtr> DirectoryForNew(NodeId id, std::string_view name) UMSDK_REQUIRES(tree_mutex_);
  // The answer to a lookup; counts as one.
  Entry EntryOf(RamNode& node);
  Attr AttrOf(const RamNode& node) UMSDK_REQUIRES(node.mutex);
  ErrnoOr<Entry> AddNode(const Caller& caller, NodeId parent, std::string_view name,
                         RamNodeSpec spec);
  // A node that `caller` makes in `dir`: owner, group and mode as the kernel decides them.
  ErrnoOr<NodePtr> NewNode(const Caller& caller, RamNode& dir, RamNodeSpec spec);
  // What unlink and rmdir share.
  ErrnoOrOk RemoveName(NodeId parent, std::string_view name, bool is_directory);
  // The node lost one of its names; a directory loses its only one.
  void DropName(RamNode& node) UMSDK_REQUIRES(tree_mutex_);

  // ---- changes of attributes ----
  // The contents of a directory changed.
  void MarkDirectory(RamNode& dir, int entries, int links);
  // The node's ctime, and with it how many names it has.
  void MarkNode(RamNode& node, int links);
  void MarkChanged(RamNode& node) UMSDK_REQUIRES(node.mutex);
  void MarkModified(RamNode& node) UMSDK_REQUIRES(node.mutex);
  void MarkAccessed(RamNode& node) UMSDK_REQUIRES(node.mutex);
  ErrnoOrOk CheckSetAttr(const RamNode& node, const SetAttrRequest& request) const;
  void ChangeOwner(const Caller& caller, RamNode& node, const SetAttrRequest& request)
      UMSDK_REQUIRES(node.mutex);

  // ---- renaming ----
  ErrnoOrOk CheckRename(const RenamePlan& plan) const UMSDK_REQUIRES(tree_mutex_);
  void Exchange(const RenamePlan& plan) UMSDK_REQUIRES(tree_mutex_);
  void Move(const RenamePlan& plan) UMSDK_REQUIRES(tree_mutex_);
  // Whether `node` is `below` or one of the directories above it.
  bool IsAtOrAbove(const RamNode& node, const NodePtr& below) const UMSDK_REQUIRES(tree_mutex_);

  const Options options_;
  RamClock clock_;
  // Nodes give back to these when they go, so these are destroyed after the nodes.
  Budget pages_;
  Budget inode_space_;
  RamNodeTable nodes_;
  Mutex tree_mutex_;
};

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_FS_H_
