// SharedLocks: the locks of a file that its file system keeps too, because they count beyond the view
// (FileSystem::KeepsLocks).
//
// Among guests the kernel's own locks on the memfd decide. They also tell when a lock has gone, by
// close(2), which is not trapped, or by a process's end: what the file system has granted to somebody
// who holds nothing there any more is given back by Settle.
#ifndef SDK_CORE_SHARED_LOCKS_H_
#define SDK_CORE_SHARED_LOCKS_H_

#include <atomic>
#include <map>
#include <vector>

#include "sdk/base/mutex.h"
#include "sdk/core/native_locks.h"
#include "sdk/core/open_object.h"

namespace umsdk {

// The owners of all flocks of a view, and of all locks of open file descriptions (F_OFD_SETLK); the
// other ones of fcntl(2) are owned by processes.
inline constexpr uint64_t kFlockOwner = UINT64_MAX;
inline constexpr uint64_t kDescriptionsOwner = UINT64_MAX - 1;

// Thread-safe. Calls the file system without a lock held.
class SharedLocks {
 public:
  // Nothing is granted, so nothing can be left over.
  bool empty() const { return granted_ == 0; }

  // A process is about to ask the file system for a lock, and has got it or not: meanwhile none of
  // its locks is taken for a left one. EINTR: the guest dies.
  ErrnoOrOk Begin(pid_t process);
  void End(pid_t process, bool granted);
  // Gives back what nobody holds on the kernel object `key` any more.
  void Settle(ObjectKey key, FileSystem& fs, NodeId node, FileHandle handle);
  // All: no guest has the file open.
  void DropAll(FileSystem& fs, NodeId node, FileHandle handle);
  // Brings the view's flock to what guests hold on the kernel object. `wait`: until others have
  // given theirs up.
  ErrnoOrOk MatchFlock(ObjectKey key, FileSystem& fs, NodeId node, FileHandle handle, bool wait);
  // The same for the locks of open file descriptions, asked for by `process`. The parts that were
  // granted before one was refused are the view's until guests give them up.
  ErrnoOrOk MatchDescriptions(ObjectKey key, FileSystem& fs, NodeId node, FileHandle handle, pid_t process,
                              bool wait);

 private:
  struct Owner {
    int asking = 0;
    bool granted = false;
  };
  // False: somebody else is at it, and the guest dies or nobody waits.
  bool AwaitSettled() UMSDK_REQUIRES(mutex_);
  void GiveBackDescriptions(ObjectKey key, FileSystem& fs, NodeId node, FileHandle handle);
  std::vector<pid_t> BeginSettling();
  void EndSettling(const std::vector<pid_t>& dropped);
  void CountLocked() UMSDK_REQUIRES(mutex_);

  std::atomic<size_t> granted_{0};  // owners, the view's included
  Mutex mutex_;
  CondVar settled_;
  bool settling_ UMSDK_GUARDED_BY(mutex_) = false;  // locks are being given back
  std::map<pid_t, Owner> owners_ UMSDK_GUARDED_BY(mutex_);
  short flock_ UMSDK_GUARDED_BY(mutex_) = 2;  // F_UNLCK
  LockSteps descriptions_ UMSDK_GUARDED_BY(mutex_);  // what kDescriptionsOwner has
};

}  // namespace umsdk

#endif  // SDK_CORE_SHARED_LOCKS_H_
