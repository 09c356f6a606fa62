#include "sdk/core/mount_table.h"

#include <sys/mount.h>

#include <algorithm>
#include <mutex>

namespace umsdk {
namespace {

// Calls `visit` with `path` and each directory above it, up to "/".
template <typename Visit>
void ForEachAncestor(std::string path, const Visit& visit) {
  while (path != "/") {
    visit(path);
    size_t slash = path.rfind('/');
    path.resize(slash == 0 ? 1 : slash);
  }
  visit(path);
}

}  // namespace

bool Mount::read_only() const { return traits.read_only || (flags & MS_RDONLY) != 0; }

std::shared_ptr<Mount> MountTable::At(std::string_view path, const Mount* parent) const {
  std::shared_lock lock(mutex_);
  auto it = by_target_.find(path);
  if (it == by_target_.end()) return nullptr;
  // On the same target one mount lies on the other: the next one's parent is the one before.
  dev_t on = parent != nullptr ? parent->dev : 0;
  std::shared_ptr<Mount> top;
  for (const std::shared_ptr<Mount>& mount : it->second) {
    if (mount->parent != on) continue;
    top = mount;
    on = mount->dev;
  }
  return top;
}

std::vector<std::string> MountTable::NamesIn(std::string_view path) const {
  std::shared_lock lock(mutex_);
  auto it = children_.find(path);
  return it == children_.end() ? std::vector<std::string>() : it->second;
}

bool MountTable::HasWithin(std::string_view path) const {
  std::shared_lock lock(mutex_);
  return ancestors_.contains(path);
}

std::vector<std::shared_ptr<Mount>> MountTable::List() const {
  std::shared_lock lock(mutex_);
  return {order_.begin(), order_.end()};
}

void MountTable::Add(std::shared_ptr<Mount> mount) {
  std::unique_lock lock(mutex_);
  const std::string& target = mount->target;
  std::vector<std::shared_ptr<Mount>>& stack = by_target_[target];
  if (stack.empty() && target != "/") {
    size_t slash = target.rfind('/');
    children_[slash == 0 ? "/" : target.substr(0, slash)].push_back(target.substr(slash + 1));
  }
  ForEachAncestor(target, [&](const std::string& path) { ++ancestors_[path]; });
  stack.push_back(mount);
  order_.push_back(std::move(mount));
  ++count_;
}

bool MountTable::Remove(const Mount* mount) {
  std::unique_lock lock(mutex_);
  auto same = [&](const std::shared_ptr<Mount>& other) { return other.get() == mount; };
  auto it = std::find_if(order_.begin(), order_.end(), same);
  if (it == order_.end()) return false;
  std::shared_ptr<Mount> keep = *it;
  order_.erase(it);
  --count_;
  const std::string& target = keep->target;
  ForEachAncestor(target, [&](const std::string& path) {
    if (--ancestors_[path] == 0) ancestors_.erase(path);
  });
  std::vector<std::shared_ptr<Mount>>& stack = by_target_[target];
  stack.erase(std::find_if(stack.begin(), stack.end(), same));
  if (!stack.empty()) return true;
  by_target_.erase(target);
  if (target == "/") return true;
  size_t slash = target.rfind('/');
  auto parent = children_.find(slash == 0 ? "/" : target.substr(0, slash));
  std::erase(parent->second, target.substr(slash + 1));
  if (parent->second.empty()) children_.erase(parent);
  return true;
}

}  // namespace umsdk
