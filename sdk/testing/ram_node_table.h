// RamNodeTable: finds the nodes of a RamFs by id and knows how long each must live.
#ifndef SDK_TESTING_RAM_NODE_TABLE_H_
#define SDK_TESTING_RAM_NODE_TABLE_H_

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "sdk/base/mutex.h"
#include "sdk/testing/ram_node.h"
#include "umsdk/file_system.h"

namespace umsdk {

// A node lives while it has a name, is open, or was looked up and not forgotten. Ids are never
// reused. Thread-safe; its lock is a leaf: nothing else is locked under it.
class RamNodeTable {
 public:
  RamNodeTable() = default;
  ~RamNodeTable();
  RamNodeTable(const RamNodeTable&) = delete;
  RamNodeTable& operator=(const RamNodeTable&) = delete;

  NodeId NewId();
  // `named`: a directory names it, or will before the tree lock is dropped.
  void Insert(std::shared_ptr<RamNode> node, bool named);
  // Null when no such node lives.
  std::shared_ptr<RamNode> Find(NodeId id) const;

  void AddLookup(NodeId id);
  void Forget(NodeId id, uint64_t count);
  void AddOpen(NodeId id);
  void DropOpen(NodeId id);
  // The first name came, or the last one went.
  void SetNamed(NodeId id, bool named);

 private:
  struct Slot {
    std::shared_ptr<RamNode> node;
    uint64_t lookups = 0;
    uint64_t opens = 0;
    bool named = false;
  };
  using Slots = std::unordered_map<NodeId, Slot>;

  // Takes the node out when nothing holds it. The caller destroys it after unlocking: that may take
  // a while.
  std::shared_ptr<RamNode> TakeIfUnheld(Slots::iterator slot) UMSDK_REQUIRES(mutex_);

  mutable Mutex mutex_;
  NodeId next_id_ UMSDK_GUARDED_BY(mutex_) = kRootNode;
  Slots slots_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_NODE_TABLE_H_
