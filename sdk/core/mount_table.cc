#include "sdk/core/mount_table.h"

#include <sys/mount.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <mutex>

#include "sdk/core/device_parts.h"

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

dev_t NextMountDevice() {
  static std::atomic<unsigned> next{0x80000};
  return makedev(0, next++);
}

bool Mount::read_only() const { return traits.read_only || (flags & MS_RDONLY) != 0; }

std::shared_ptr<Mount> MountTable::At(std::string_view path, const Mount* parent,
                                     uint64_t before) const {
  std::shared_lock lock(mutex_);
  dev_t on = parent != nullptr ? parent->dev : 0;
  std::shared_ptr<Mount> top = PartAt(path, on, before);
  if (top) on = top->dev;
  auto it = by_target_.find(path);
  if (it == by_target_.end()) return top;
  // On the same target one mount lies on the other: the next one's parent is the one before.
  for (const std::shared_ptr<Mount>& mount : it->second) {
    if (mount->parent != on || mount->epoch >= before) continue;
    top = mount;
    on = mount->dev;
  }
  return top;
}

// Few devices have parts, so they are looked at one by one.
std::shared_ptr<Mount> MountTable::PartAt(std::string_view path, dev_t on, uint64_t before) const {
  if (divided_.empty() || path == "/") return nullptr;
  auto [directory, name] = SplitTarget(path);
  auto it = divided_.find(directory);
  if (it == divided_.end()) return nullptr;
  for (const std::shared_ptr<Mount>& whole : it->second) {
    std::string_view own = SplitTarget(whole->target).second;
    if (whole->parent != on || whole->epoch >= before || !name.starts_with(own)) continue;
    if (auto part = whole->parts->Find(*whole, name.substr(own.size()))) return part;
  }
  return nullptr;
}

std::vector<std::string> MountTable::NamesIn(std::string_view path) const {
  std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  if (auto it = children_.find(path); it != children_.end()) names = it->second;
  auto it = divided_.find(path);
  if (it == divided_.end()) return names;
  for (const std::shared_ptr<Mount>& whole : it->second) {
    for (const std::shared_ptr<Mount>& part : whole->parts->All(*whole)) {
      std::string name(SplitTarget(part->target).second);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
  }
  return names;
}

bool MountTable::HasWithin(std::string_view path) const {
  std::shared_lock lock(mutex_);
  if (ancestors_.contains(path)) return true;
  if (divided_.empty() || path == "/") return false;
  auto [directory, name] = SplitTarget(path);
  auto it = divided_.find(directory);
  if (it == divided_.end()) return false;
  for (const std::shared_ptr<Mount>& whole : it->second) {
    std::string_view own = SplitTarget(whole->target).second;
    if (name.starts_with(own) && whole->parts->Find(*whole, name.substr(own.size()))) return true;
  }
  return false;
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
  if (mount->parts && target != "/") divided_[std::string(SplitTarget(target).first)].push_back(mount);
  stack.push_back(mount);
  ++mount->tables;
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
  --keep->tables;
  --count_;
  const std::string& target = keep->target;
  ForEachAncestor(target, [&](const std::string& path) {
    if (--ancestors_[path] == 0) ancestors_.erase(path);
  });
  if (keep->parts && target != "/") {
    auto divided = divided_.find(SplitTarget(target).first);
    std::erase(divided->second, keep);
    if (divided->second.empty()) divided_.erase(divided);
  }
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
