#include "sdk/testing/ram_node_table.h"

#include <algorithm>
#include <utility>

namespace umsdk {

RamNodeTable::~RamNodeTable() {
  // Without this a deep tree would be destroyed by as deep a recursion.
  for (auto& [id, slot] : slots_) slot.node->directory.Clear();
}

NodeId RamNodeTable::NewId() {
  MutexLock lock(mutex_);
  return next_id_++;
}

void RamNodeTable::Insert(std::shared_ptr<RamNode> node, bool named) {
  MutexLock lock(mutex_);
  const NodeId id = node->id;
  slots_.emplace(id, Slot{.node = std::move(node), .named = named});
}

std::shared_ptr<RamNode> RamNodeTable::Find(NodeId id) const {
  MutexLock lock(mutex_);
  const auto slot = slots_.find(id);
  return slot == slots_.end() ? nullptr : slot->second.node;
}

void RamNodeTable::AddLookup(NodeId id) {
  MutexLock lock(mutex_);
  if (const auto slot = slots_.find(id); slot != slots_.end()) ++slot->second.lookups;
}

void RamNodeTable::Forget(NodeId id, uint64_t count) {
  std::shared_ptr<RamNode> gone;
  MutexLock lock(mutex_);
  const auto slot = slots_.find(id);
  if (slot == slots_.end()) return;
  slot->second.lookups -= std::min(count, slot->second.lookups);
  gone = TakeIfUnheld(slot);
}

void RamNodeTable::AddOpen(NodeId id) {
  MutexLock lock(mutex_);
  if (const auto slot = slots_.find(id); slot != slots_.end()) ++slot->second.opens;
}

void RamNodeTable::DropOpen(NodeId id) {
  std::shared_ptr<RamNode> gone;
  MutexLock lock(mutex_);
  const auto slot = slots_.find(id);
  if (slot == slots_.end() || slot->second.opens == 0) return;
  --slot->second.opens;
  gone = TakeIfUnheld(slot);
}

void RamNodeTable::SetNamed(NodeId id, bool named) {
  std::shared_ptr<RamNode> gone;
  MutexLock lock(mutex_);
  const auto slot = slots_.find(id);
  if (slot == slots_.end()) return;
  slot->second.named = named;
  gone = TakeIfUnheld(slot);
}

std::shared_ptr<RamNode> RamNodeTable::TakeIfUnheld(Slots::iterator slot) {
  const Slot& state = slot->second;
  if (state.named || state.lookups > 0 || state.opens > 0) return nullptr;
  std::shared_ptr<RamNode> node = std::move(slot->second.node);
  slots_.erase(slot);
  return node;
}

}  // namespace umsdk
