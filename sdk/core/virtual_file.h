// VirtualFile: a virtual regular file that guests have open. They hold re-opened descriptors of one
// memfd, so that each open has its own offset and flags while locks and mappings are shared.
//
// A prefix of the memfd holds the file's bytes (FilePages) and is kept right by every write. When it
// covers the whole file the kernel may read by itself; what lies behind it is read by us
// (WindowedReads). Writes always go to the backing first, under the file's lock; what guests store
// through mappings goes there later (MappedStores).
#ifndef SDK_CORE_VIRTUAL_FILE_H_
#define SDK_CORE_VIRTUAL_FILE_H_

#include <sys/stat.h>

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "sdk/core/backing.h"
#include "sdk/core/block_cache.h"
#include "sdk/core/file_pages.h"
#include "sdk/core/guest_mutex.h"
#include "sdk/core/mapped_stores.h"
#include "sdk/core/memory_budget.h"
#include "sdk/core/open_object.h"
#include "sdk/core/shared_locks.h"
#include "sdk/core/windowed_reads.h"

namespace umsdk {

// Where a write goes: at a position (pwrite), at the end (O_APPEND), or at the description's offset.
struct WritePlace {
  int description = -1;              // the guest's open file description, a duplicate of ours
  std::optional<uint64_t> position;  // does not move the offset
  bool append = false;
  uint64_t limit = UINT64_MAX;       // RLIMIT_FSIZE of the guest, bytes
};

// Thread-safe: one lock a file, held over calls of the backing. EINTR: the guest was killed while it
// waited for it.
class VirtualFile final : public OpenObject {
 public:
  VirtualFile(std::shared_ptr<Mount> mount, NodePtr node, std::string path,
              std::unique_ptr<Backing> backing, MemoryBudget& budget, BlockCache& cache, bool uncached);
  VirtualFile* file() override { return this; }

  // Makes the memfd; before all else.
  ErrnoOrOk Init();
  ObjectKey key() const { return pages_.key(); }
  int memfd() const { return pages_.memfd(); }

  // A new open file description with the access mode and status flags of `flags`.
  // `opened`: the file system has done its part already. If it says that this open cannot be sought and
  // there is a `stream`, that gets the reply, and no descriptor comes.
  ErrnoOr<UniqueFd> Open(const Caller& caller, int flags, const std::optional<OpenReply>& opened = std::nullopt,
                         OpenReply* stream = nullptr);
  // What was read of it is to be read again at the next use. Takes no lock.
  void MarkOld() { old_ = true; }
  // True: the kernel may read the memfd by itself. False: ReadAt must serve it.
  ErrnoOr<bool> Populate();
  ErrnoOr<size_t> ReadAt(uint64_t offset, std::span<char> out);
  // EFBIG at the limit (the caller sends SIGXFSZ).
  ErrnoOr<size_t> Write(const WritePlace& place, std::span<const char> bytes);
  ErrnoOrOk Truncate(const Caller& caller, uint64_t size);
  ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length);
  // From another file of the same mount (or from this one), by the file system itself. EOPNOTSUPP: it
  // cannot. EFBIG as Write.
  ErrnoOr<size_t> CopyFrom(VirtualFile& source, uint64_t offset, uint64_t to, uint64_t length, uint64_t limit);
  ErrnoOr<uint64_t> Seek(uint64_t offset, int whence);
  ErrnoOrOk Fsync(bool data_only);
  // An open file of the file system's, for what this class has no method for.
  ErrnoOr<FileHandle> Handle(bool writable);
  SharedLocks& locks() { return locks_; }
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
  // Its mode as it was last seen.
  void NoteMode(mode_t mode) { set_id_ = (mode & (S_ISUID | S_ISGID)) != 0; }
  bool may_be_set_id() const { return set_id_; }

  ErrnoOr<Attr> Stat() override;
  bool Reap() override;
  // No guest has it open, as far as Reap found.
  bool idle() const { return !opened_; }
  // Then its last name was gone already: nobody can open it again.
  bool unlinked() const { return unlinked_; }

 private:
  bool ReapLocked() UMSDK_REQUIRES(mutex_);
  void SettleLocks(bool held) UMSDK_REQUIRES(mutex_);
  uint64_t OffsetOf(const WritePlace& place) UMSDK_REQUIRES(mutex_);
  FilePages::Reader Source() UMSDK_REQUIRES(mutex_);
  ErrnoOrOk Fill(uint64_t end) UMSDK_REQUIRES(mutex_);
  void Put(uint64_t offset, std::span<const char> bytes) UMSDK_REQUIRES(mutex_);
  void Resize(uint64_t size) UMSDK_REQUIRES(mutex_);
  ErrnoOrOk WriteBackLocked() UMSDK_REQUIRES(mutex_);
  ErrnoOrOk Refresh(bool keep) UMSDK_REQUIRES(mutex_);
  ErrnoOrOk RenewIfOld() UMSDK_REQUIRES(mutex_);

  const uint64_t mapped_limit_;  // bytes of a file that may be mapped for storing
  std::atomic<bool> never_named_{false};
  std::atomic<bool> watched_{false};
  std::atomic<bool> old_{false};
  const bool follows_;  // size and mtime are asked for at each read
  bool uncached_;  // direct_io, or contents that change behind our back

  mutable GuestMutex mutex_;
  std::unique_ptr<Backing> backing_ UMSDK_GUARDED_BY(mutex_);
  // Written under mutex_. opened_: some guest may hold a descriptor.
  std::atomic<bool> opened_{false}, unlinked_{false}, set_id_{false};
  timespec mtime_ UMSDK_GUARDED_BY(mutex_) = {};
  FilePages pages_;  // under mutex_ but for memfd() and key()
  WindowedReads windows_ UMSDK_GUARDED_BY(mutex_);
  MappedStores stores_ UMSDK_GUARDED_BY(mutex_);
  SharedLocks locks_;
  Errno late_error_ UMSDK_GUARDED_BY(mutex_) = Errno(0);
};

}  // namespace umsdk

#endif  // SDK_CORE_VIRTUAL_FILE_H_
