// ObjectTable: from the (device, inode) of a kernel object in a guest's hand to what it stands for.
// A janitor thread listens for the last close of each (inotify IN_CLOSE) and gives it back.
//
// The notice of a close comes while the kernel is still closing: the counts by which VirtualFile::Reap
// sees that nobody else holds the file may drop a moment later. So a file that looks held after a
// close is asked again (RetryQueue), and when it matters now (Settle).
#ifndef SDK_CORE_OBJECT_TABLE_H_
#define SDK_CORE_OBJECT_TABLE_H_

#include <atomic>
#include <chrono>
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
#include "sdk/core/retry_queue.h"

namespace umsdk {

// Thread-safe. `mutex_` guards the maps and is never held while an object or a file system is called.
class ObjectTable {
 public:
  ObjectTable();
  ~ObjectTable();

  // True while no guest can hold anything of ours: the data calls need not be looked at.
  bool empty() const { return count_.load(std::memory_order_acquire) == 0; }
  // True when some guest may stand in a directory of ours.
  bool has_dirs() const { return dirs_.load(std::memory_order_acquire) != 0; }
  // True when a guest may have a stream of a file system open.
  bool has_streams() const { return streams_.load(std::memory_order_acquire) != 0; }
  std::shared_ptr<OpenObject> Find(ObjectKey key) const;
  // `fd`: any descriptor of the kernel object, for the watch. Call before a guest gets it.
  void Add(ObjectKey key, std::shared_ptr<OpenObject> object, int fd);
  // The same for the open file of a node; when another thread was first, its file is the answer.
  std::shared_ptr<VirtualFile> AddFile(std::shared_ptr<VirtualFile> file);
  void Remove(ObjectKey key);
  // The open file of a node, so that all its opens share one memfd.
  std::shared_ptr<VirtualFile> FileOf(const Mount* mount, NodeId node) const;

  std::vector<std::shared_ptr<OpenObject>> All() const;
  // Whether a guest has something open on a mount of the service.
  bool HoldsObjectOf(const Service& service) const;
  // Takes note of every close that a guest has made so far.
  void Settle();
  // The object is held by less than before, which no close tells: it is looked at soon.
  void LookAt(ObjectKey key);
  // Something is short (space, memory, descriptors): gives back all that no guest holds.
  void Reclaim();
  // The directory at `path` that a guest has an inotify watch on; nullptr mostly.
  std::shared_ptr<VirtualDir> WatchedDirAt(const std::string& path) const;
  void AddWatchedDir(std::shared_ptr<VirtualDir> dir);
  // Counts one more working directory. True: they have doubled, so somebody should look for left ones
  // and tell by SetPinned how many are there.
  bool CountPinned() { return ++pinned_ == pinned_limit_; }
  void SetPinned(size_t count) {
    pinned_ = count;
    pinned_limit_ = 2 * count + kMinPinned;
  }
  // Forgets the file of a node that was removed, unless a guest has it open.
  void DropRemoved(const Mount* mount, NodeId node);
  // Forgets the objects of a mount that no guest holds.
  void DropIdle(const Mount* mount);
  // Forgets the objects of the newest mount that is in no table any more. False: there is none. When
  // no guests are left but those that file systems need.
  bool DropNewestUnmounted();
  // Forgets the real descriptors of services whose last copy is gone.
  void DropClosedNatives();
  // Writes back what guests stored through mappings. `wait` false: not of a file that somebody works
  // on, which may be waiting for a file system that does not answer.
  void WriteBackAll(bool wait = true);

 private:
  using Clock = std::chrono::steady_clock;
  struct Slot {
    std::shared_ptr<OpenObject> object;
    int watch = -1;
  };
  // object_janitor.cc
  void RunJanitor();
  void WakeJanitor();
  int JanitorTimeoutMs(Clock::time_point sweep) const;
  void DrainEvents() UMSDK_REQUIRES(drain_mutex_);
  void Closed(int watch, bool written) UMSDK_REQUIRES(drain_mutex_);
  // Looks at those of the keys again; the ones that got an answer leave retry_.
  void AskAgain(const std::vector<ObjectKey>& keys) UMSDK_REQUIRES(drain_mutex_);
  // Gives an object back if no guest holds it. True: that is the answer until its next close.
  bool Ask(ObjectKey key) UMSDK_REQUIRES(drain_mutex_);
  void PutAside(ObjectKey key);
  void SweepFiles();
  void ShowCloseWrite(const OpenObject& object);

  // Files of `mount`; nullptr: all.
  std::vector<ObjectKey> FileKeys(const Mount* mount) const;
  void Forget(ObjectKey key, const Slot& slot) UMSDK_REQUIRES(mutex_);
  bool RemoveIfIdle(ObjectKey key);

  UniqueFd inotify_, wake_;
  Mutex drain_mutex_;  // one thread at a time reads events and acts on them; taken before mutex_
  std::atomic<size_t> count_{0}, dirs_{0}, streams_{0};
  mutable Mutex mutex_;
  std::unordered_map<ObjectKey, Slot, ObjectKeyHash> objects_ UMSDK_GUARDED_BY(mutex_);
  std::map<int, ObjectKey> watches_ UMSDK_GUARDED_BY(mutex_);
  std::map<std::pair<const Mount*, NodeId>, std::weak_ptr<VirtualFile>> files_ UMSDK_GUARDED_BY(mutex_);
  static constexpr size_t kMinPinned = 256;
  std::atomic<size_t> pinned_{0}, pinned_limit_{kMinPinned};
  std::atomic<size_t> watched_dirs_{0};  // ever added
  RetryQueue retry_ UMSDK_GUARDED_BY(mutex_);
  std::list<ObjectKey> idle_ UMSDK_GUARDED_BY(mutex_);  // closed files, the latest first
  std::atomic<bool> stop_{false};
  std::thread janitor_;
};

}  // namespace umsdk

#endif  // SDK_CORE_OBJECT_TABLE_H_
