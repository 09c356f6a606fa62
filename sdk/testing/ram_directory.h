// RamDirectory: the names in one directory of a RamFs, with listing offsets that stay valid while
// entries come and go.
#ifndef SDK_TESTING_RAM_DIRECTORY_H_
#define SDK_TESTING_RAM_DIRECTORY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace umsdk {

struct RamNode;

// Thread-compatible. Owns its share of the nodes that it names.
//
// A listing runs from the newest entry to the oldest, as tmpfs lists. So an entry that is added, or
// renamed, in the middle of a listing is not seen by it and no listing can go on for ever.
class RamDirectory {
 public:
  struct Listed {
    uint64_t offset;  // a later List goes on behind this entry
    std::string name;
    std::shared_ptr<RamNode> node;
  };

  // Null when there is no such name.
  std::shared_ptr<RamNode> Find(std::string_view name) const;
  // The name must be new.
  void Add(std::string_view name, std::shared_ptr<RamNode> node);
  // Puts another node in the place of a name that exists, at the same listing offset.
  void Replace(std::string_view name, std::shared_ptr<RamNode> node);
  // The name must exist.
  void Remove(std::string_view name);
  void Clear();

  bool empty() const { return by_offset_.empty(); }
  // At most `limit` entries that come behind `offset`; 0 is the start.
  std::vector<Listed> List(uint64_t offset, size_t limit) const;

 private:
  struct Item {
    std::string name;
    std::shared_ptr<RamNode> node;
  };

  // 1 and 2 are left to "." and "..", which the SDK adds.
  uint64_t next_offset_ = 3;
  std::map<uint64_t, Item, std::greater<>> by_offset_;
  std::unordered_map<std::string_view, uint64_t> by_name_;  // views of the names in by_offset_
};

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_DIRECTORY_H_
