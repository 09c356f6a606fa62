// ObjectTable: from the (device, inode) of a kernel object in a guest's hand to what it stands for.
// A janitor thread listens for the last close of each (inotify IN_CLOSE) and gives it back.
#ifndef SDK_CORE_OBJECT_TABLE_H_
#define SDK_CORE_OBJECT_TABLE_H_

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/core/open_object.h"

namespace umsdk {

// Thread-safe. `mutex_` guards the maps and is never held while an object or a file system is called.
class ObjectTable {
 public:
  ObjectTable();
  ~ObjectTable();

  // True while no guest can hold anything of ours: the data calls need not be looked at.
  bool empty() const { return count_.load(std::memory_order_acquire) == 0; }
  std::shared_ptr<OpenObject> Find(ObjectKey key) const;
  // `fd`: any descriptor of the kernel object, for the watch. Call before a guest gets it.
  void Add(ObjectKey key, std::shared_ptr<OpenObject> object, int fd);
  // The same for the open file of a node; when another thread was first, its file is the answer.
  std::shared_ptr<VirtualFile> AddFile(std::shared_ptr<VirtualFile> file);
  void Remove(ObjectKey key);
  // The open file of a node, so that all its opens share one memfd.
  std::shared_ptr<VirtualFile> FileOf(const Mount* mount, NodeId node) const;

  std::vector<std::shared_ptr<OpenObject>> All() const;
  // Takes note of every close that a guest has made so far.
  void Settle() { DrainEvents(); }
  // The directory at `path` that a guest has an inotify watch on; nullptr mostly.
  std::shared_ptr<VirtualDir> WatchedDirAt(const std::string& path) const;
  void AddWatchedDir(std::shared_ptr<VirtualDir> dir);
  // Forgets the file of a node that was removed, unless a guest has it open.
  void DropRemoved(const Mount* mount, NodeId node);
  // Forgets the objects of a mount that no guest holds.
  void DropIdle(const Mount* mount);
  // Writes back what guests stored through mappings.
  void WriteBackAll();

 private:
  struct KeyHash {
    size_t operator()(const ObjectKey& key) const { return key.ino * 31 + key.dev; }
  };
  struct Slot {
    std::shared_ptr<OpenObject> object;
    int watch = -1;
  };
  void RunJanitor();
  void DrainEvents();
  void Closed(int watch, bool written);
  void ShowCloseWrite(const OpenObject& object);
  void Forget(ObjectKey key, const Slot& slot) UMSDK_REQUIRES(mutex_);
  bool RemoveIfIdle(ObjectKey key);

  UniqueFd inotify_, wake_;
  Mutex drain_mutex_;  // one thread at a time reads events and acts on them; taken before mutex_
  std::atomic<size_t> count_{0};
  mutable Mutex mutex_;
  std::unordered_map<ObjectKey, Slot, KeyHash> objects_ UMSDK_GUARDED_BY(mutex_);
  std::map<int, ObjectKey> watches_ UMSDK_GUARDED_BY(mutex_);
  std::map<std::pair<const Mount*, NodeId>, std::weak_ptr<VirtualFile>> files_ UMSDK_GUARDED_BY(mutex_);
  std::atomic<size_t> watched_dirs_{0};  // ever added
  std::list<ObjectKey> idle_ UMSDK_GUARDED_BY(mutex_);  // most recently closed first
  std::atomic<bool> stop_{false};
  std::thread janitor_;
};

}  // namespace umsdk

#endif  // SDK_CORE_OBJECT_TABLE_H_
