// RamFs: looking names up, adding and removing them.
#include <algorithm>

#include "sdk/testing/ram_fs.h"
#include "sdk/testing/ram_name.h"

namespace umsdk {

ErrnoOr<Entry> RamFs::Lookup(const Caller&, NodeId parent, std::string_view name) {
  MutexLock lock(tree_mutex_);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr dir, Directory(parent));
  if (name == ".") return EntryOf(*dir);
  NodePtr node;
  if (name == "..") {
    node = nodes_.Find(dir->parent);
  } else {
    UMSDK_ASSIGN_OR_ERRNO(node, Child(*dir, name));
  }
  if (node == nullptr) return Errno(ENOENT);
  return EntryOf(*node);
}

// A removed directory has no names, not even too long ones.
ErrnoOr<RamFs::NodePtr> RamFs::Child(const RamNode& dir, std::string_view name) const {
  if (dir.removed) return Errno(ENOENT);
  UMSDK_RETURN_IF_ERRNO(CheckName(name));
  return dir.directory.Find(name);
}

void RamFs::Forget(NodeId node, uint64_t count) { nodes_.Forget(node, count); }

ErrnoOr<Entry> RamFs::Link(const Caller&, NodeId id, NodeId new_parent, std::string_view new_name) {
  MutexLock lock(tree_mutex_);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr dir, DirectoryForNew(new_parent, new_name));
  if (node->IsDirectory()) return Errno(EPERM);
  // Safe without the node's lock: nlink changes only under the tree's.
  if (node->nlink == 0 && !node->linkable) return Errno(ENOENT);
  // A name takes memory, so further ones are paid for.
  if (node->nlink > 0 && !inode_space_.Take(RamNode::kInodeCost)) return Errno(ENOSPC);
  if (node->nlink == 0) nodes_.SetNamed(id, true);
  dir->directory.Add(new_name, node);
  MarkDirectory(*dir, /*entries=*/1, /*links=*/0);
  MarkNode(*node, /*links=*/1);
  return EntryOf(*node);
}

ErrnoOrOk RamFs::Unlink(const Caller&, NodeId parent, std::string_view name) {
  return RemoveName(parent, name, /*is_directory=*/false);
}

ErrnoOrOk RamFs::RemoveDir(const Caller&, NodeId parent, std::string_view name) {
  if (name == ".") return Errno(EINVAL);
  if (name == "..") return Errno(ENOTEMPTY);
  return RemoveName(parent, name, /*is_directory=*/true);
}

ErrnoOrOk RamFs::RemoveName(NodeId parent, std::string_view name, bool is_directory) {
  if (IsDotName(name)) return Errno(EISDIR);
  MutexLock lock(tree_mutex_);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr dir, Directory(parent));
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Child(*dir, name));
  if (node == nullptr) return Errno(ENOENT);
  if (node->IsDirectory() != is_directory) return Errno(is_directory ? ENOTDIR : EISDIR);
  if (!node->directory.empty()) return Errno(ENOTEMPTY);
  dir->directory.Remove(name);
  MarkDirectory(*dir, /*entries=*/-1, /*links=*/is_directory ? -1 : 0);
  DropName(*node);
  return {};
}

void RamFs::DropName(RamNode& node) {
  if (node.IsDirectory()) {
    node.removed = true;
    MarkNode(node, /*links=*/-2);
  } else {
    if (node.nlink > 1) inode_space_.Give(RamNode::kInodeCost);
    // A file that had a name and lost it cannot get one again.
    node.linkable = false;
    MarkNode(node, /*links=*/-1);
  }
  if (node.nlink == 0) nodes_.SetNamed(node.id, false);
}

}  // namespace umsdk
