#include "sdk/testing/ram_directory.h"

#include <utility>

namespace umsdk {

std::shared_ptr<RamNode> RamDirectory::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : by_offset_.at(found->second).node;
}

void RamDirectory::Add(std::string_view name, std::shared_ptr<RamNode> node) {
  const uint64_t offset = next_offset_++;
  const auto added = by_offset_.emplace(offset, Item{std::string(name), std::move(node)}).first;
  by_name_.emplace(added->second.name, offset);
}

void RamDirectory::Replace(std::string_view name, std::shared_ptr<RamNode> node) {
  by_offset_.at(by_name_.at(name)).node = std::move(node);
}

void RamDirectory::Remove(std::string_view name) {
  const auto found = by_name_.find(name);
  const uint64_t offset = found->second;
  by_name_.erase(found);  // before the string that its key views
  by_offset_.erase(offset);
}

void RamDirectory::Clear() {
  by_name_.clear();
  by_offset_.clear();
}

std::vector<RamDirectory::Listed> RamDirectory::List(uint64_t offset, size_t limit) const {
  std::vector<Listed> result;
  auto item = offset == 0 ? by_offset_.begin() : by_offset_.upper_bound(offset);
  for (; item != by_offset_.end() && result.size() < limit; ++item) {
    result.push_back({item->first, item->second.name, item->second.node});
  }
  return result;
}

}  // namespace umsdk
