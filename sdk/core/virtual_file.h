// VirtualFile: a virtual regular file that guests have open. They hold re-opened descriptors of one
// memfd, so that each open has its own offset and flags while locks and mappings are shared.
//
// A prefix of the memfd, [0, populated), holds the file's bytes and is kept right by every write.
// When it covers the whole file the kernel may read by itself; it never shrinks but by truncation,
// since a read that we let continue gives no notice of its end. What lies behind the prefix is read
// through the bounded BlockCache. Writes always go to the backing first, under the file's lock.
#ifndef SDK_CORE_VIRTUAL_FILE_H_
#define SDK_CORE_VIRTUAL_FILE_H_

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "sdk/core/backing.h"
#include "sdk/core/block_cache.h"
#include "sdk/core/memory_budget.h"
#include "sdk/core/open_object.h"

namespace umsdk {

// Where a write goes: at a position (pwrite), at the end (O_APPEND), or at the description's offset.
struct WritePlace {
  int description = -1;              // the guest's open file description, a duplicate of ours
  std::optional<uint64_t> position;  // does not move the offset
  bool append = false;
  uint64_t limit = UINT64_MAX;       // RLIMIT_FSIZE of the guest, bytes
};

// Thread-safe: one lock a file, held over calls of the backing.
class VirtualFile final : public OpenObject {
 public:
  VirtualFile(std::shared_ptr<Mount> mount, NodePtr node, std::string path,
              std::unique_ptr<Backing> backing, MemoryBudget& budget, BlockCache& cache, bool uncached);
  ~VirtualFile() override;
  VirtualFile* file() override { return this; }

  // Makes the memfd; before all else.
  ErrnoOrOk Init();
  ObjectKey key() const { return key_; }
  int memfd() const { return memfd_.get(); }

  // A new open file description with the access mode and status flags of `flags`.
  // `opened`: the file system has done its part already.
  ErrnoOr<UniqueFd> Open(const Caller& caller, int flags, const std::optional<OpenReply>& opened = std::nullopt);
  // What was read of it is to be read again at the next use. Takes no lock.
  void MarkOld() { old_ = true; }
  // True: the kernel may read the memfd by itself. False: ReadAt must serve it.
  ErrnoOr<bool> Populate();
  ErrnoOr<size_t> ReadAt(uint64_t offset, std::span<char> out);
  // EFBIG at the limit (the caller sends SIGXFSZ).
  ErrnoOr<size_t> Write(const WritePlace& place, std::span<const char> bytes);
  ErrnoOrOk Truncate(const Caller& caller, uint64_t size);
  ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length);
  ErrnoOr<uint64_t> Seek(uint64_t offset, int whence);
  ErrnoOrOk Fsync(bool data_only);
  // A guest is about to map [offset, offset + length); `writable`: stores must reach the backing.
  ErrnoOrOk Map(uint64_t offset, uint64_t length, bool writable);
  // Writes stores through mappings back.
  ErrnoOrOk WriteBack();
  // The same, unless another thread is at work on the file.
  void TryWriteBack();
  bool MaybeDirty() const;
  // Bytes that the guests were told are written, but were not (a late flush): reported once.
  ErrnoOrOk TakeLateError();

  // Opened with O_TMPFILE | O_EXCL: no name may ever be given to it.
  void SetNeverNamed() { never_named_ = true; }
  bool never_named() const { return never_named_; }

  // A guest has an inotify watch on the memfd: changes must show there as events. (The kernel makes
  // none for what is written through a memfd's first descriptor.)
  void SetWatched() { watched_ = true; }
  bool watched() const { return watched_; }
  void ShowAttribEvent();

  ErrnoOr<Attr> Stat() override;
  bool Reap() override;
  // No guest has it open, as far as Reap found.
  bool idle() const { return !opened_; }
  // Then its last name was gone already: nobody can open it again.
  bool unlinked() const { return unlinked_; }

 private:
  bool ReapLocked() UMSDK_REQUIRES(mutex_);
  std::string SelfPath() const;
  uint64_t OffsetOf(const WritePlace& place) UMSDK_REQUIRES(mutex_);
  ErrnoOrOk PopulateTo(uint64_t end) UMSDK_REQUIRES(mutex_);
  void PutIntoMemfd(uint64_t offset, std::span<const char> bytes) UMSDK_REQUIRES(mutex_);
  void SetSize(uint64_t size) UMSDK_REQUIRES(mutex_);
  void TrackGrowth(uint64_t old_size) UMSDK_REQUIRES(mutex_);
  ErrnoOr<size_t> ReadBlock(uint64_t offset, std::span<char> out) UMSDK_REQUIRES(mutex_);
  ErrnoOrOk WriteBackLocked() UMSDK_REQUIRES(mutex_);
  ErrnoOrOk Refresh(bool keep) UMSDK_REQUIRES(mutex_);
  ErrnoOrOk RenewIfOld() UMSDK_REQUIRES(mutex_);
  bool HeldByGuest() UMSDK_REQUIRES(mutex_);

  MemoryBudget& budget_;
  BlockCache& cache_;
  const uint64_t cache_id_;
  std::atomic<bool> never_named_{false};
  std::atomic<bool> watched_{false};
  std::atomic<bool> old_{false};
  bool uncached_;  // direct_io, or contents that change behind our back
  UniqueFd memfd_;
  UniqueFd probe_;  // an open of it for reading, to ask for a lease
  ObjectKey key_;

  mutable Mutex mutex_;
  std::unique_ptr<Backing> backing_ UMSDK_GUARDED_BY(mutex_);
  // Written under mutex_. opened_: some guest may hold a descriptor.
  std::atomic<bool> opened_{false}, unlinked_{false};
  uint64_t size_ UMSDK_GUARDED_BY(mutex_) = 0;
  timespec mtime_ UMSDK_GUARDED_BY(mutex_) = {};
  uint64_t populated_ UMSDK_GUARDED_BY(mutex_) = 0;
  uint64_t charged_ UMSDK_GUARDED_BY(mutex_) = 0;  // to budget_
  // Pages that a guest may store into, with a hash of what the backing has.
  std::map<uint64_t, uint64_t> shared_pages_ UMSDK_GUARDED_BY(mutex_);
  uint64_t mapped_end_ UMSDK_GUARDED_BY(mutex_) = 0;  // of mappings for storing; may be behind size_
  Errno late_error_ UMSDK_GUARDED_BY(mutex_) = Errno(0);
};

}  // namespace umsdk

#endif  // SDK_CORE_VIRTUAL_FILE_H_
