// RamFs: rename(2) with its rules.
#include <stdio.h>

#include "sdk/testing/ram_fs.h"
#include "sdk/testing/ram_name.h"

namespace umsdk {

// A rename under way: `node`, called `name` in `from`, becomes `new_name` in `to`, where `target`
// is now (null: nothing).
struct RamFs::RenamePlan {
  NodePtr from;
  std::string_view name;
  NodePtr node;
  NodePtr to;
  std::string_view new_name;
  NodePtr target;
  unsigned flags;
};

ErrnoOrOk RamFs::Rename(const Caller&, NodeId parent, std::string_view name, NodeId new_parent,
                        std::string_view new_name, unsigned flags) {
  constexpr unsigned kKnown = RENAME_NOREPLACE | RENAME_EXCHANGE;
  if ((flags & ~kKnown) != 0 || flags == kKnown) return Errno(EINVAL);
  if (IsDotName(name)) return Errno(EBUSY);
  if (IsDotName(new_name)) return Errno((flags & RENAME_NOREPLACE) != 0 ? EEXIST : EBUSY);

  MutexLock lock(tree_mutex_);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr from, Directory(parent));
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr to, Directory(new_parent));
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Child(*from, name));
  if (node == nullptr) return Errno(ENOENT);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr target, Child(*to, new_name));
  const RenamePlan plan = {from, name, node, to, new_name, target, flags};
  UMSDK_RETURN_IF_ERRNO(CheckRename(plan));
  // Two names of one file: POSIX wants both kept.
  if (plan.node == plan.target) return {};
  if ((flags & RENAME_EXCHANGE) != 0) {
    Exchange(plan);
  } else {
    Move(plan);
  }
  return {};
}

// In the order in which the kernel checks: programs see the first error.
ErrnoOrOk RamFs::CheckRename(const RenamePlan& plan) const {
  const bool exchange = (plan.flags & RENAME_EXCHANGE) != 0;
  if (plan.target != nullptr && (plan.flags & RENAME_NOREPLACE) != 0) return Errno(EEXIST);
  if (plan.target == nullptr && exchange) return Errno(ENOENT);
  if (plan.from != plan.to) {
    if (IsAtOrAbove(*plan.node, plan.to)) return Errno(EINVAL);
    if (plan.target != nullptr && IsAtOrAbove(*plan.target, plan.from)) {
      return Errno(exchange ? EINVAL : ENOTEMPTY);
    }
  }
  if (plan.target == nullptr || plan.target == plan.node || exchange) return {};
  if (plan.node->IsDirectory() && !plan.target->IsDirectory()) return Errno(ENOTDIR);
  if (!plan.node->IsDirectory() && plan.target->IsDirectory()) return Errno(EISDIR);
  if (!plan.target->directory.empty()) return Errno(ENOTEMPTY);
  return {};
}

void RamFs::Exchange(const RenamePlan& plan) {
  plan.from->directory.Replace(plan.name, plan.target);
  plan.to->directory.Replace(plan.new_name, plan.node);
  // A directory's ".." counts as a link of the one that holds it.
  const int moved = plan.node->IsDirectory() ? 1 : 0;
  const int came_back = plan.target->IsDirectory() ? 1 : 0;
  if (plan.node->IsDirectory()) plan.node->parent = plan.to->id;
  if (plan.target->IsDirectory()) plan.target->parent = plan.from->id;
  MarkDirectory(*plan.from, /*entries=*/0, came_back - moved);
  if (plan.to != plan.from || moved != came_back) {
    MarkDirectory(*plan.to, /*entries=*/0, moved - came_back);
  }
  MarkNode(*plan.node, /*links=*/0);
  MarkNode(*plan.target, /*links=*/0);
}

void RamFs::Move(const RenamePlan& plan) {
  const int links = plan.node->IsDirectory() ? 1 : 0;
  const bool replaces = plan.target != nullptr;
  if (replaces) {
    plan.to->directory.Replace(plan.new_name, plan.node);
  } else {
    plan.to->directory.Add(plan.new_name, plan.node);
  }
  plan.from->directory.Remove(plan.name);
  if (links != 0) plan.node->parent = plan.to->id;
  MarkDirectory(*plan.from, /*entries=*/-1, -links);
  // What replaces a directory takes over its "..".
  MarkDirectory(*plan.to, /*entries=*/replaces ? 0 : 1, replaces ? 0 : links);
  MarkNode(*plan.node, /*links=*/0);
  if (replaces) DropName(*plan.target);
}

bool RamFs::IsAtOrAbove(const RamNode& node, const NodePtr& below) const {
  for (NodePtr at = below; at != nullptr; at = nodes_.Find(at->parent)) {
    if (at.get() == &node) return true;
    if (at->parent == at->id) return false;
  }
  return false;
}

}  // namespace umsdk
