// RamFs: what its other files share.
#include "sdk/testing/ram_fs.h"

#include <utility>

namespace umsdk {
namespace {

// tmpfs shows 20 bytes for each name in a directory, "." and ".." included.
constexpr uint64_t kBytesPerName = 20;
// A longer target of a symbolic link takes a page.
constexpr size_t kShortTarget = 128;
constexpr uint64_t kBlocksPerPage = SparseBytes::kPageSize / 512;

}  // namespace

RamFs::RamFs() : RamFs(Options()) {}

RamFs::RamFs(const Options& options)
    : options_(options),
      // Rounded up, as tmpfs does.
      pages_(options.max_bytes / SparseBytes::kPageSize + (options.max_bytes % SparseBytes::kPageSize != 0)),
      // The root is not counted.
      inode_space_((options.max_inodes + 1) * RamNode::kInodeCost) {
  (void)inode_space_.Take(RamNode::kInodeCost);
  RamNodeSpec spec = {.id = nodes_.NewId(),
                      .mode = S_IFDIR | (options.root_mode & 07777),
                      .uid = options.root_uid,
                      .gid = options.root_gid,
                      .now = clock_.Now()};
  auto root = std::make_shared<RamNode>(std::move(spec), pages_, inode_space_);
  root->nlink = 2;
  root->parent = root->id;
  nodes_.Insert(std::move(root), /*named=*/true);
}

ErrnoOr<RamFs::NodePtr> RamFs::Node(NodeId id) const {
  NodePtr node = nodes_.Find(id);
  if (node == nullptr) return Errno(ESTALE);
  return node;
}

ErrnoOr<RamFs::NodePtr> RamFs::Directory(NodeId id) const {
  UMSDK_ASSIGN_OR_ERRNO(NodePtr node, Node(id));
  if (!node->IsDirectory()) return Errno(ENOTDIR);
  return node;
}

ErrnoOr<RamFs::NodePtr> RamFs::RegularFile(NodeId id) const {
  UMSDK_ASSIGN_OR_ERRNO(NodePtr node, Node(id));
  if (!node->IsRegular()) return Errno(node->IsDirectory() ? EISDIR : EINVAL);
  return node;
}

Entry RamFs::EntryOf(RamNode& node) {
  nodes_.AddLookup(node.id);
  MutexLock lock(node.mutex);
  return {.node = node.id, .attr = AttrOf(node), .ttl_seconds = options_.ttl_seconds};
}

Attr RamFs::AttrOf(const RamNode& node) {
  Attr attr;
  attr.ino = node.id;
  attr.mode = node.type | node.permissions;
  attr.nlink = node.nlink;
  attr.uid = node.uid;
  attr.gid = node.gid;
  attr.rdev = node.rdev;
  attr.atime = node.atime;
  attr.mtime = node.mtime;
  attr.ctime = node.ctime;
  attr.btime = node.btime;
  if (node.IsRegular()) {
    attr.size = node.data.size();
    attr.blocks = node.data.allocated_pages() * kBlocksPerPage;
  } else if (node.IsDirectory()) {
    attr.size = (node.entries + 2) * kBytesPerName;
  } else if (node.type == S_IFLNK) {
    attr.size = node.target.size();
    attr.blocks = node.target.size() < kShortTarget ? 0 : kBlocksPerPage;
  }
  return attr;
}

void RamFs::MarkDirectory(RamNode& dir, int entries, int links) {
  MutexLock lock(dir.mutex);
  dir.entries += entries;
  dir.nlink += links;
  MarkModified(dir);
}

void RamFs::MarkNode(RamNode& node, int links) {
  MutexLock lock(node.mutex);
  node.nlink += links;
  MarkChanged(node);
}

void RamFs::MarkChanged(RamNode& node) { node.ctime = clock_.After(node.ctime); }

void RamFs::MarkModified(RamNode& node) {
  MarkChanged(node);
  node.mtime = node.ctime;
}

// As a mount with "relatime", the kernel's default: only where it tells something new, or once a
// day.
void RamFs::MarkAccessed(RamNode& node) {
  constexpr time_t kDay = 24 * 60 * 60;
  const timespec now = clock_.Now();
  if (!IsEarlier(node.mtime, node.atime) || !IsEarlier(node.ctime, node.atime) ||
      now.tv_sec - node.atime.tv_sec >= kDay) {
    node.atime = now;
  }
}

}  // namespace umsdk
