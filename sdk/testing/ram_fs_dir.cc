// RamFs: listings, targets of symbolic links, the state of the whole.
#include <dirent.h>
#include <linux/limits.h>

#include <vector>

#include "sdk/testing/ram_fs.h"

namespace umsdk {
namespace {

// How many entries are copied at a time. `emit` must not run under a lock: it may call back.
constexpr size_t kBatch = 64;

}  // namespace

ErrnoOr<std::string> RamFs::ReadLink(NodeId id) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  if (node->type != S_IFLNK) return Errno(EINVAL);
  MutexLock lock(node->mutex);
  MarkAccessed(*node);
  return node->target;
}

ErrnoOrOk RamFs::ReadDir(NodeId id, uint64_t offset,
                         const std::function<bool(const DirEntry&)>& emit) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr dir, Directory(id));
  {
    MutexLock lock(dir->mutex);
    MarkAccessed(*dir);
  }
  while (true) {
    std::vector<RamDirectory::Listed> batch;
    {
      MutexLock lock(tree_mutex_);
      if (dir->removed) return Errno(ENOENT);
      batch = dir->directory.List(offset, kBatch);
    }
    if (batch.empty()) return {};
    for (RamDirectory::Listed& entry : batch) {
      const DirEntry listed = {.name = std::move(entry.name),
                               .ino = entry.node->id,
                               .type = static_cast<unsigned char>(IFTODT(entry.node->type)),
                               .next = entry.offset};
      if (!emit(listed)) return {};
      offset = entry.offset;
    }
  }
}

ErrnoOr<struct statvfs> RamFs::StatFs() {
  struct statvfs st = {};
  st.f_bsize = st.f_frsize = SparseBytes::kPageSize;
  st.f_blocks = pages_.total();
  st.f_bfree = st.f_bavail = pages_.free();
  st.f_files = options_.max_inodes;
  st.f_ffree = st.f_favail = inode_space_.free() / RamNode::kInodeCost;
  st.f_namemax = NAME_MAX;
  return st;
}

}  // namespace umsdk
