// RamFs: making nodes.
#include <linux/limits.h>

#include <utility>

#include "sdk/testing/ram_fs.h"
#include "sdk/testing/ram_name.h"
#include "sdk/testing/ram_privileges.h"

namespace umsdk {

ErrnoOr<Entry> RamFs::MakeNode(const Caller& caller, NodeId parent, std::string_view name,
                               mode_t mode, dev_t rdev) {
  mode_t type = mode & S_IFMT;
  switch (type) {
    case 0:
      type = S_IFREG;
      [[fallthrough]];
    case S_IFREG:
    case S_IFIFO:
    case S_IFSOCK:
      rdev = 0;
      break;
    case S_IFCHR:
    case S_IFBLK:
      break;
    case S_IFDIR:
      return Errno(EPERM);
    default:
      return Errno(EINVAL);
  }
  return AddNode(caller, parent, name, {.mode = type | (mode & 07777), .rdev = rdev});
}

ErrnoOr<Entry> RamFs::MakeDir(const Caller& caller, NodeId parent, std::string_view name,
                              mode_t mode) {
  // mkdir(2) takes no set-ID bits; S_ISGID is inherited below.
  return AddNode(caller, parent, name, {.mode = S_IFDIR | (mode & 01777)});
}

ErrnoOr<Entry> RamFs::Symlink(const Caller& caller, NodeId parent, std::string_view name,
                              std::string_view target) {
  if (target.empty()) return Errno(ENOENT);
  if (target.size() >= PATH_MAX) return Errno(ENAMETOOLONG);
  return AddNode(caller, parent, name, {.mode = S_IFLNK | 0777, .target = std::string(target)});
}

ErrnoOr<Entry> RamFs::TmpFile(const Caller& caller, NodeId dir_id, mode_t mode) {
  MutexLock lock(tree_mutex_);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr dir, Directory(dir_id));
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node,
                        NewNode(caller, *dir, {.mode = S_IFREG | (mode & 07777)}));
  node->nlink = 0;
  node->linkable = true;
  nodes_.Insert(node, /*named=*/false);
  return EntryOf(*node);
}

ErrnoOr<Entry> RamFs::AddNode(const Caller& caller, NodeId parent, std::string_view name,
                              RamNodeSpec spec) {
  MutexLock lock(tree_mutex_);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr dir, DirectoryForNew(parent, name));
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, NewNode(caller, *dir, std::move(spec)));
  nodes_.Insert(node, /*named=*/true);
  dir->directory.Add(name, node);
  MarkDirectory(*dir, /*entries=*/1, /*links=*/node->IsDirectory() ? 1 : 0);
  return EntryOf(*node);
}

ErrnoOr<RamFs::NodePtr> RamFs::DirectoryForNew(NodeId id, std::string_view name) {
  UMSDK_ASSIGN_OR_ERRNO(NodePtr dir, Directory(id));
  if (IsDotName(name)) return Errno(EEXIST);
  if (dir->removed) return Errno(ENOENT);
  UMSDK_RETURN_IF_ERRNO(CheckName(name));
  if (dir->directory.Find(name) != nullptr) return Errno(EEXIST);
  return dir;
}

ErrnoOr<RamFs::NodePtr> RamFs::NewNode(const Caller& caller, RamNode& dir, RamNodeSpec spec) {
  if (!inode_space_.Take(RamNode::kInodeCost)) return Errno(ENOSPC);
  spec.id = nodes_.NewId();
  spec.uid = caller.uid;
  spec.gid = caller.gid;
  spec.now = clock_.Now();
  const bool is_directory = S_ISDIR(spec.mode);
  {
    MutexLock lock(dir.mutex);
    if ((dir.permissions & S_ISGID) != 0) {
      spec.gid = dir.gid;
      if (is_directory) {
        spec.mode |= S_ISGID;
      } else if ((spec.mode & S_IXGRP) != 0 && !InGroupOrMayKeep(caller, spec.gid)) {
        // Nobody may make a program that runs with a group that he is not in.
        spec.mode &= ~S_ISGID;
      }
    }
  }
  auto node = std::make_shared<RamNode>(std::move(spec), pages_, inode_space_);
  if (is_directory) {
    node->nlink = 2;
    node->parent = dir.id;
  }
  return node;
}

}  // namespace umsdk
