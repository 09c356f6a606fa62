#include "services/umfuse/node_table.h"

namespace umsdk::umfuse {
namespace {

bool SameData(const Attr& a, const Attr& b) {
  return a.size == b.size && a.mtime.tv_sec == b.mtime.tv_sec && a.mtime.tv_nsec == b.mtime.tv_nsec;
}

Deadline Clock() { return std::chrono::steady_clock::now(); }

}  // namespace

std::optional<NodeTable::Name> NodeTable::Find(uint64_t parent, std::string_view name) {
  MutexLock lock(mutex_);
  auto directory = nodes_.find(parent);
  if (directory == nodes_.end()) return std::nullopt;
  auto it = directory->second.names.find(std::string(name));
  if (it == directory->second.names.end()) return std::nullopt;
  Deadline now = Clock();
  if (it->second.until <= now) {
    RemoveName(parent, it->first);
    return std::nullopt;
  }
  recent_.splice(recent_.begin(), recent_, it->second.place);
  Name found{it->second.node, std::nullopt};
  if (found.node == 0) return found;
  Node& node = nodes_[found.node];
  ++node.refs;
  if (!node.attr || node.attr_until <= now) return found;
  found.attr = node.attr;
  found.attr->atime_old = node.read;
  return found;
}

bool NodeTable::Enter(uint64_t parent, std::string_view name, const fuse_entry_out& entry,
                      bool refer, uint64_t asked) {
  MutexLock lock(mutex_);
  Node& node = nodes_[entry.nodeid];
  ++node.lookups;
  ++node.refs;  // so that it stays while names change
  bool same =
      KeepAttr(node, ToAttr(entry.attr), ValidUntil(entry.attr_valid, entry.attr_valid_nsec), asked);
  Deadline until = ValidUntil(entry.entry_valid, entry.entry_valid_nsec);
  if (until > Clock() && nodes_.contains(parent)) PutName(parent, name, entry.nodeid, until);
  if (!refer) Unref(entry.nodeid, 1);
  return same;
}

void NodeTable::EnterMissing(uint64_t parent, std::string_view name, Deadline until) {
  MutexLock lock(mutex_);
  if (until > Clock() && nodes_.contains(parent)) PutName(parent, name, 0, until);
}

void NodeTable::PutName(uint64_t parent, std::string_view name, uint64_t node, Deadline until) {
  std::string key(name);
  if (node != 0) ++nodes_[node].refs;
  RemoveName(parent, key);
  recent_.push_front({parent, key});
  nodes_[parent].names[key] = {node, until, recent_.begin()};
  while (recent_.size() > max_names_)
    RemoveName(recent_.back().parent, std::string(recent_.back().name));
}

void NodeTable::RemoveName(uint64_t parent, const std::string& name) {
  auto directory = nodes_.find(parent);
  if (directory == nodes_.end()) return;
  auto it = directory->second.names.find(name);
  if (it == directory->second.names.end()) return;
  uint64_t node = it->second.node;
  recent_.erase(it->second.place);
  directory->second.names.erase(it);
  if (node != 0) Unref(node, 1);
}

void NodeTable::DropName(uint64_t parent, std::string_view name) {
  MutexLock lock(mutex_);
  RemoveName(parent, std::string(name));
}

void NodeTable::Release(uint64_t node, uint64_t count) {
  MutexLock lock(mutex_);
  Unref(node, count);
}

void NodeTable::OweForget(uint64_t node) {
  MutexLock lock(mutex_);
  auto it = nodes_.find(node);
  if (it != nodes_.end()) {
    ++it->second.lookups;
  } else {
    forgotten_.push_back({node, 1});
  }
}

// The names in a directory that goes lead to nodes that may go as well, and so on: no recursion.
void NodeTable::Unref(uint64_t id, uint64_t count) {
  std::vector<std::pair<uint64_t, uint64_t>> work = {{id, count}};
  while (!work.empty()) {
    auto [at, drop] = work.back();
    work.pop_back();
    auto it = nodes_.find(at);
    if (it == nodes_.end() || at == kRootNode) continue;
    it->second.refs -= std::min(drop, it->second.refs);
    if (it->second.refs > 0) continue;
    for (const auto& [name, dentry] : it->second.names) {
      recent_.erase(dentry.place);
      if (dentry.node != 0) work.emplace_back(dentry.node, 1);
    }
    if (it->second.lookups > 0) forgotten_.push_back({at, it->second.lookups});
    nodes_.erase(it);
  }
}

std::optional<Attr> NodeTable::FreshAttr(uint64_t node, bool data_only) {
  MutexLock lock(mutex_);
  auto it = nodes_.find(node);
  if (it == nodes_.end() || !it->second.attr || it->second.attr_until <= Clock())
    return std::nullopt;
  if (it->second.read && !data_only) return std::nullopt;
  return it->second.attr;
}

bool NodeTable::KeepAttr(Node& node, const Attr& attr, Deadline until, uint64_t asked) {
  if (node.changed > asked) return true;  // told before something changed
  bool same = !node.attr || SameData(*node.attr, attr);
  node.attr = attr;
  node.attr_until = until;
  node.read = false;
  return same;
}

void NodeTable::AgeTimes(uint64_t node) {
  MutexLock lock(mutex_);
  auto it = nodes_.find(node);
  if (it != nodes_.end()) it->second.read = true;
}

bool NodeTable::SetAttr(uint64_t node, const Attr& attr, Deadline until, uint64_t asked) {
  MutexLock lock(mutex_);
  auto it = nodes_.find(node);
  if (it == nodes_.end()) return true;
  return KeepAttr(it->second, attr, until, asked);
}

void NodeTable::DropAttr(uint64_t node) {
  MutexLock lock(mutex_);
  ++now_;
  auto it = nodes_.find(node);
  if (it == nodes_.end()) return;
  it->second.attr.reset();
  it->second.link.reset();
  it->second.changed = now_;
}

uint64_t NodeTable::Now() {
  MutexLock lock(mutex_);
  return now_;
}

std::optional<std::string> NodeTable::Link(uint64_t node) {
  MutexLock lock(mutex_);
  auto it = nodes_.find(node);
  return it == nodes_.end() ? std::nullopt : it->second.link;
}

void NodeTable::SetLink(uint64_t node, std::string target) {
  MutexLock lock(mutex_);
  auto it = nodes_.find(node);
  if (it != nodes_.end()) it->second.link = std::move(target);
}

void NodeTable::PutBack(const std::vector<Forgotten>& forgotten) {
  MutexLock lock(mutex_);
  forgotten_.insert(forgotten_.end(), forgotten.begin(), forgotten.end());
}

std::vector<NodeTable::Forgotten> NodeTable::TakeForgotten() {
  MutexLock lock(mutex_);
  return std::exchange(forgotten_, {});
}

}  // namespace umsdk::umfuse
