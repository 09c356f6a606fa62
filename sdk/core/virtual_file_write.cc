// The half of VirtualFile that changes the file, by calls and by mappings.
#include <linux/falloc.h>
#include <unistd.h>

#include <algorithm>

#include "sdk/core/virtual_file.h"

namespace umsdk {

uint64_t VirtualFile::OffsetOf(const WritePlace& place) {
  if (place.append) return pages_.size();
  if (place.position.has_value()) return *place.position;
  off_t offset = ::lseek(place.description, 0, SEEK_CUR);
  return offset < 0 ? 0 : static_cast<uint64_t>(offset);
}

void VirtualFile::Put(uint64_t offset, std::span<const char> bytes) {
  uint64_t old_size = pages_.size();
  windows_.Drop(offset, offset + bytes.size());
  pages_.Put(offset, bytes, !uncached_);
  if (pages_.size() > old_size) stores_.TrackGrowth(memfd(), old_size, pages_.size(), mapped_limit_);
}

void VirtualFile::Resize(uint64_t size) {
  uint64_t old_size = pages_.size();
  stores_.Cut(size);
  pages_.Resize(size);
  if (pages_.size() > old_size) stores_.TrackGrowth(memfd(), old_size, pages_.size(), mapped_limit_);
}

ErrnoOr<size_t> VirtualFile::Write(const WritePlace& place, std::span<const char> bytes) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  if (bytes.empty()) return size_t{0};
  uint64_t offset = OffsetOf(place);
  if (offset >= place.limit) return Errno(EFBIG);
  bytes = bytes.first(std::min<uint64_t>(bytes.size(), place.limit - std::min(offset, place.limit)));
  UMSDK_ASSIGN_OR_ERRNO(size_t count, backing_->Write(offset, bytes));
  uint64_t old_size = pages_.size();
  Put(offset, bytes.first(std::min(count, bytes.size())));
  // A change of the size is an event already.
  if (watched_ && pages_.size() == old_size) (void)!::ftruncate(memfd(), static_cast<off_t>(old_size));
  if (!place.position.has_value()) {
    ::lseek(place.description, static_cast<off_t>(offset + count), SEEK_SET);
  }
  return count;
}

ErrnoOrOk VirtualFile::Truncate(const Caller& caller, uint64_t size) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  if (opened_) UMSDK_RETURN_IF_ERRNO(pages_.CheckNotRun());
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  UMSDK_RETURN_IF_ERRNO(backing_->Truncate(caller, size));
  windows_.DropFrom(std::min(size, pages_.size()));
  bool kept = pages_.kept();
  Resize(size);
  if (kept) pages_.SetWhole();  // what was grown reads as zeros, in the memfd too
  return {};
}

ErrnoOrOk VirtualFile::Fallocate(int mode, uint64_t offset, uint64_t length) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  UMSDK_RETURN_IF_ERRNO(backing_->Fallocate(mode, offset, length));
  uint64_t end = offset + length;
  windows_.Drop(offset, end);
  bool kept = pages_.kept();
  if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) != 0) pages_.Zero(offset, length);
  if ((mode & FALLOC_FL_KEEP_SIZE) == 0 && end > pages_.size()) {
    Resize(end);
    if (kept) pages_.SetWhole();
  }
  return {};
}

ErrnoOr<size_t> VirtualFile::CopyFrom(VirtualFile& source, uint64_t offset, uint64_t to, uint64_t length,
                                      uint64_t limit) {
  UMSDK_RETURN_IF_ERRNO(source.WriteBack());
  UMSDK_ASSIGN_OR_ERRNO(FileHandle handle, source.Handle(false));
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  if (to >= limit) return Errno(EFBIG);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  UMSDK_ASSIGN_OR_ERRNO(FileHandle own, backing_->Handle(true));
  UMSDK_ASSIGN_OR_ERRNO(size_t count,
                        node()->fs().CopyRange(source.node()->id(), handle, offset, node()->id(), own, to,
                                               std::min(length, limit - to)));
  windows_.Drop(to, to + count);
  if (to + count > pages_.size()) Resize(to + count);
  old_ = true;
  return count;
}

ErrnoOrOk VirtualFile::Fsync(bool data_only) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  return backing_->Fsync(data_only);
}

// ---- mappings ----

ErrnoOrOk VirtualFile::Map(uint64_t offset, uint64_t length, bool writable) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  if (offset > UINT64_MAX - length) return Errno(EOVERFLOW);
  UMSDK_RETURN_IF_ERRNO(RenewIfOld());
  UMSDK_RETURN_IF_ERRNO(Fill(offset + length));
  if (writable) stores_.Track(memfd(), offset, length, pages_.size());
  return {};
}

bool VirtualFile::MaybeDirty() const {
  GuestLock lock(mutex_);
  return !lock.held() || !stores_.empty();
}

ErrnoOrOk VirtualFile::WriteBack() {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  return WriteBackLocked();
}

void VirtualFile::TryWriteBack() {
  if (!mutex_.try_lock()) return;
  (void)WriteBackLocked();
  mutex_.unlock();
}

ErrnoOrOk VirtualFile::WriteBackLocked() {
  return stores_.WriteBack(memfd(), [this](uint64_t offset, std::span<const char> bytes)
                                        UMSDK_REQUIRES(mutex_) {
    windows_.Drop(offset, offset);
    return backing_->Write(offset, bytes);
  });
}

}  // namespace umsdk
