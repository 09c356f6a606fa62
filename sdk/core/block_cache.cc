#include "sdk/core/block_cache.h"

namespace umsdk {

BlockCache::Block BlockCache::Find(uint64_t file, uint64_t index) {
  MutexLock lock(mutex_);
  auto it = slots_.find({file, index});
  if (it == slots_.end()) return nullptr;
  ages_.splice(ages_.begin(), ages_, it->second.age);
  return it->second.block;
}

void BlockCache::Insert(uint64_t file, uint64_t index, Block block) {
  MutexLock lock(mutex_);
  Key key{file, index};
  if (auto it = slots_.find(key); it != slots_.end()) Erase(it);
  bytes_ += block->size();
  ages_.push_front(key);
  slots_[key] = Slot{std::move(block), ages_.begin()};
  while (bytes_ > max_bytes_ && !ages_.empty()) Erase(slots_.find(ages_.back()));
}

void BlockCache::Drop(uint64_t file, uint64_t first, uint64_t last) {
  MutexLock lock(mutex_);
  for (auto it = slots_.lower_bound({file, first});
       it != slots_.end() && it->first <= Key{file, last};) {
    Erase(it++);
  }
}

uint64_t BlockCache::bytes() const {
  MutexLock lock(mutex_);
  return bytes_;
}

void BlockCache::Erase(std::map<Key, Slot>::iterator it) {
  bytes_ -= it->second.block->size();
  ages_.erase(it->second.age);
  slots_.erase(it);
}

}  // namespace umsdk
