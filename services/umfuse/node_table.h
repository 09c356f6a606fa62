// NodeTable: what is known of a daemon's nodes: how many lookups are owed to it, and, for as long
// as it allowed, names and attributes.
#ifndef SERVICES_UMFUSE_NODE_TABLE_H_
#define SERVICES_UMFUSE_NODE_TABLE_H_

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"
#include "services/umfuse/convert.h"

namespace umsdk::umfuse {

// Thread-safe. A node stays while the SDK refers to it or a cached name leads to it; then it is
// owed a FORGET of as many lookups as the daemon counted.
class NodeTable {
 public:
  struct Forgotten {
    uint64_t node = 0;
    uint64_t lookups = 0;
  };
  // A name in the cache. node 0: it is known not to exist.
  struct Name {
    uint64_t node = 0;
    std::optional<Attr> attr;  // when still valid, but perhaps for the time of access
  };

  explicit NodeTable(size_t max_names) : max_names_(max_names) { nodes_[kRootNode].refs = 1; }

  // A name that is still valid; if it leads to a node, the SDK refers to that once more.
  std::optional<Name> Find(uint64_t parent, std::string_view name);
  // The daemon answered with a node and counted a lookup. `refer`: the SDK refers to it. `asked`:
  // what Now() was before the question.
  // False: the node's data have changed without our doing.
  bool Enter(uint64_t parent, std::string_view name, const fuse_entry_out& entry, bool refer,
             uint64_t asked);
  // The daemon said that the name will not exist for a while.
  void EnterMissing(uint64_t parent, std::string_view name, Deadline until);
  void DropName(uint64_t parent, std::string_view name);
  // Drops `count` references of the SDK.
  void Release(uint64_t node, uint64_t count);
  // The daemon gave an entry that nobody will refer to.
  void OweForget(uint64_t node);

  // What is still valid. `data_only`: only size and mtime are of interest.
  std::optional<Attr> FreshAttr(uint64_t node, bool data_only = false);
  // Attributes that the daemon told. False: the node's data have changed without our doing.
  bool SetAttr(uint64_t node, const Attr& attr, Deadline until, uint64_t asked);
  // A read has changed the time of access.
  void AgeTimes(uint64_t node);
  // What is known of the attributes is not true any more.
  void DropAttr(uint64_t node);
  // Grows with each DropAttr: an answer to an older question is not kept.
  uint64_t Now();

  std::optional<std::string> Link(uint64_t node);
  void SetLink(uint64_t node, std::string target);

  // The FORGETs owed since the last call.
  std::vector<Forgotten> TakeForgotten();
  // They cannot be sent yet.
  void PutBack(const std::vector<Forgotten>& forgotten);

 private:
  struct Key {
    uint64_t parent;
    std::string name;
  };
  struct Dentry {
    uint64_t node = 0;
    Deadline until;
    std::list<Key>::iterator place;
  };
  struct Node {
    uint64_t lookups = 0;  // owed to the daemon
    uint64_t refs = 0;     // of the SDK's and of names in the cache
    std::optional<Attr> attr;
    Deadline attr_until = {};
    bool read = false;     // since the attributes came
    uint64_t changed = 0;  // Now() of the last DropAttr
    std::optional<std::string> link;
    std::unordered_map<std::string, Dentry> names;  // in this directory
  };

  void PutName(uint64_t parent, std::string_view name, uint64_t node, Deadline until)
      UMSDK_REQUIRES(mutex_);
  void RemoveName(uint64_t parent, const std::string& name) UMSDK_REQUIRES(mutex_);
  void Unref(uint64_t node, uint64_t count) UMSDK_REQUIRES(mutex_);
  // False: see SetAttr.
  bool KeepAttr(Node& node, const Attr& attr, Deadline until, uint64_t asked)
      UMSDK_REQUIRES(mutex_);

  const size_t max_names_;
  Mutex mutex_;
  uint64_t now_ UMSDK_GUARDED_BY(mutex_) = 1;
  std::unordered_map<uint64_t, Node> nodes_ UMSDK_GUARDED_BY(mutex_);
  std::list<Key> recent_ UMSDK_GUARDED_BY(mutex_);  // names, the latest first
  std::vector<Forgotten> forgotten_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_NODE_TABLE_H_
