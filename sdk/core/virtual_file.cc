#include "sdk/core/virtual_file.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace umsdk {
namespace {

constexpr uint64_t kPage = 4096;
constexpr size_t kFillChunk = 1 << 20;

uint64_t NextCacheId() {
  static std::atomic<uint64_t> next{1};
  return next++;
}

uint64_t HashPage(int fd, uint64_t page, std::vector<char>& buffer) {
  buffer.resize(kPage);
  ssize_t count = ::pread(fd, buffer.data(), kPage, static_cast<off_t>(page * kPage));
  buffer.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return absl::Hash<absl::string_view>()(absl::string_view(buffer.data(), buffer.size()));
}

bool AllZero(std::span<const char> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

}  // namespace

VirtualFile::VirtualFile(std::shared_ptr<Mount> mount, NodePtr node, std::string path,
                         std::unique_ptr<Backing> backing, MemoryBudget& budget, BlockCache& cache,
                         bool uncached)
    : OpenObject(std::move(mount), std::move(node), std::move(path)),
      budget_(budget),
      cache_(cache),
      cache_id_(NextCacheId()),
      uncached_(uncached),
      backing_(std::move(backing)) {}

VirtualFile::~VirtualFile() {
  cache_.Drop(cache_id_);
  budget_.Give(charged_);
}

ErrnoOrOk VirtualFile::Init() {
  std::string name = path().substr(path().rfind('/') + 1);
  memfd_.Reset(::memfd_create(name.c_str(), MFD_CLOEXEC));
  // A name may be longer than memfd_create(2) takes (249 bytes).
  if (!memfd_.valid() && errno == EINVAL) memfd_.Reset(::memfd_create("file", MFD_CLOEXEC));
  struct stat st;
  if (!memfd_.valid() || ::fstat(memfd_.get(), &st) != 0) return Errno(ENFILE);
  key_ = {st.st_dev, st.st_ino};
  // Kept open: its close would look like a guest's.
  probe_.Reset(::open(SelfPath().c_str(), O_RDONLY | O_CLOEXEC));
  if (!probe_.valid()) return Errno(ENFILE);
  ::fcntl(probe_.get(), F_SETSIG, SIGURG);
  return {};
}

std::string VirtualFile::SelfPath() const { return "/proc/self/fd/" + std::to_string(memfd_.get()); }

ErrnoOrOk VirtualFile::Refresh(bool keep) {
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, backing_->Stat());
  bool same = attr.size == size_ && attr.mtime.tv_sec == mtime_.tv_sec && attr.mtime.tv_nsec == mtime_.tv_nsec;
  if (same && keep && !uncached_) return {};
  cache_.Drop(cache_id_);
  budget_.Give(std::exchange(charged_, 0));
  populated_ = 0;
  mtime_ = attr.mtime;
  size_ = attr.size;
  // Nobody holds the memfd now, so its old bytes may go.
  if (::ftruncate(memfd_.get(), 0) != 0 || ::ftruncate(memfd_.get(), static_cast<off_t>(size_)) != 0) {
    return Errno(EFBIG);
  }
  return {};
}

// A file that a guest holds keeps its memfd: what has changed behind our back is written over it.
ErrnoOrOk VirtualFile::RenewIfOld() {
  if (!old_.exchange(false)) return {};
  cache_.Drop(cache_id_);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, backing_->Stat());
  uint64_t filled = std::min(populated_, attr.size);
  bool whole = populated_ >= size_;
  SetSize(attr.size);
  populated_ = 0;
  budget_.Give(std::exchange(charged_, 0));
  for (auto& [page, hash] : shared_pages_) hash = 0;
  UMSDK_RETURN_IF_ERRNO(PopulateTo(whole ? size_ : filled));
  std::vector<char> buffer;
  for (auto& [page, hash] : shared_pages_) hash = HashPage(memfd_.get(), page, buffer);
  return {};
}

ErrnoOr<UniqueFd> VirtualFile::Open(const Caller& caller, int flags, const std::optional<OpenReply>& opened) {
  MutexLock lock(mutex_);
  OpenReply reply;
  if (opened.has_value()) {
    reply = *opened;
    backing_->Adopt(reply, flags);
  } else {
    UMSDK_ASSIGN_OR_ERRNO(reply, backing_->Open(caller, flags));
  }
  if (reply.direct_io) uncached_ = true;
  bool keep = reply.keep_cache && !old_;
  if (!opened_) {
    UMSDK_RETURN_IF_ERRNO(Refresh(keep));
    old_ = false;
  } else if (!keep) {
    old_ = true;
  }
  constexpr int kKept = O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC | O_DSYNC;
  UniqueFd fd(::open(SelfPath().c_str(), (flags & kKept) | O_CLOEXEC));
  if (!fd.valid()) return Errno(ENFILE);  // of our descriptors, not the guest's
  opened_ = true;
  SetInUse(true);
  return fd;
}

ErrnoOrOk VirtualFile::PopulateTo(uint64_t end) {
  end = std::min(end, size_);
  if (end <= populated_) return {};
  uint64_t need = end - populated_;
  if (end > budget_.file_limit() || !budget_.Take(need)) return Errno(ENODEV);
  charged_ += need;
  std::vector<char> buffer(std::min<uint64_t>(kFillChunk, need));
  while (populated_ < end) {
    std::span<char> chunk(buffer.data(), std::min<uint64_t>(buffer.size(), end - populated_));
    UMSDK_ASSIGN_OR_ERRNO(size_t count, backing_->Read(populated_, chunk));
    std::memset(chunk.data() + count, 0, chunk.size() - count);  // shorter than it said
    if (!AllZero(chunk) && ::pwrite(memfd_.get(), chunk.data(), chunk.size(),
                                    static_cast<off_t>(populated_)) != static_cast<ssize_t>(chunk.size())) {
      return LastErrno();
    }
    populated_ += chunk.size();
  }
  return {};
}

ErrnoOr<bool> VirtualFile::Populate() {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERRNO(RenewIfOld());
  if (populated_ >= size_ && !uncached_) return true;
  if (uncached_ || size_ > budget_.file_limit()) return false;
  ErrnoOrOk done = PopulateTo(size_);
  if (done.ok()) return true;
  if (done.error() == Errno(ENODEV)) return false;
  return done.error();
}

ErrnoOr<size_t> VirtualFile::ReadBlock(uint64_t offset, std::span<char> out) {
  if (uncached_) return backing_->Read(offset, out);
  uint64_t index = offset / BlockCache::kBlockSize;
  BlockCache::Block block = cache_.Find(cache_id_, index);
  if (!block) {
    auto fresh = std::make_shared<std::vector<char>>(BlockCache::kBlockSize);
    UMSDK_ASSIGN_OR_ERRNO(size_t count, backing_->Read(index * BlockCache::kBlockSize, *fresh));
    fresh->resize(count);
    block = fresh;
    cache_.Insert(cache_id_, index, block);
  }
  uint64_t skip = offset % BlockCache::kBlockSize;
  if (skip >= block->size()) return size_t{0};
  size_t count = std::min<size_t>(out.size(), block->size() - skip);
  std::memcpy(out.data(), block->data() + skip, count);
  return count;
}

ErrnoOr<size_t> VirtualFile::ReadAt(uint64_t offset, std::span<char> out) {
  MutexLock lock(mutex_);
  size_t done = 0;
  while (done < out.size()) {
    uint64_t at = offset + done;
    std::span<char> rest = out.subspan(done);
    if (at < populated_) {
      size_t size = std::min<uint64_t>(rest.size(), populated_ - at);
      ssize_t count = ::pread(memfd_.get(), rest.data(), size, static_cast<off_t>(at));
      if (count <= 0) break;
      done += static_cast<size_t>(count);
      continue;
    }
    ErrnoOr<size_t> count = ReadBlock(at, rest);
    if (!count.ok()) {
      if (done > 0) break;
      return count.error();
    }
    if (*count == 0 || uncached_) {
      done += *count;
      break;
    }
    done += *count;
  }
  return done;
}

uint64_t VirtualFile::OffsetOf(const WritePlace& place) {
  if (place.append) return size_;
  if (place.position.has_value()) return *place.position;
  off_t offset = ::lseek(place.description, 0, SEEK_CUR);
  return offset < 0 ? 0 : static_cast<uint64_t>(offset);
}

void VirtualFile::SetSize(uint64_t size) {
  if (size == size_) return;
  if (::ftruncate(memfd_.get(), static_cast<off_t>(size)) != 0) return;
  uint64_t old_size = std::exchange(size_, size);
  if (size > old_size) TrackGrowth(old_size);
}

// Mappings that reach behind the old end have new pages to store into.
void VirtualFile::TrackGrowth(uint64_t old_size) {
  uint64_t end = std::min({mapped_end_, size_, budget_.file_limit()});
  std::vector<char> buffer;
  for (uint64_t page = old_size / kPage; page * kPage < end; ++page) {
    if (!shared_pages_.contains(page)) shared_pages_[page] = HashPage(memfd_.get(), page, buffer);
  }
}

void VirtualFile::PutIntoMemfd(uint64_t offset, std::span<const char> bytes) {
  uint64_t end = offset + bytes.size();
  cache_.Drop(cache_id_, offset / BlockCache::kBlockSize, end / BlockCache::kBlockSize);
  // Only a wholly populated file grows here; else the new bytes are read back when asked for.
  bool whole = populated_ >= size_ && !uncached_ && (populated_ > 0 || size_ == 0);
  if (whole && end > populated_ && end <= budget_.file_limit() && budget_.Take(end - populated_)) {
    charged_ += end - populated_;
    populated_ = end;
  }
  if (end > size_) SetSize(end);
  if (offset >= populated_) return;
  size_t count = std::min<uint64_t>(bytes.size(), populated_ - offset);
  if (::pwrite(memfd_.get(), bytes.data(), count, static_cast<off_t>(offset)) != static_cast<ssize_t>(count)) {
    populated_ = std::min(populated_, offset);  // no memory: ask the backing again
  }
}

ErrnoOr<size_t> VirtualFile::Write(const WritePlace& place, std::span<const char> bytes) {
  MutexLock lock(mutex_);
  uint64_t offset = OffsetOf(place);
  if (!bytes.empty() && offset >= place.limit) return Errno(EFBIG);
  bytes = bytes.first(std::min<uint64_t>(bytes.size(), place.limit - std::min(offset, place.limit)));
  if (!bytes.empty() && offset >= INT64_MAX) return Errno(EFBIG);
  bytes = bytes.first(std::min<uint64_t>(bytes.size(), INT64_MAX - std::min<uint64_t>(offset, INT64_MAX)));
  UMSDK_ASSIGN_OR_ERRNO(size_t count, backing_->Write(offset, bytes));
  uint64_t old_size = size_;
  PutIntoMemfd(offset, bytes.first(std::min(count, bytes.size())));
  // A change of the size is an event already.
  if (watched_ && size_ == old_size) (void)!::ftruncate(memfd_.get(), static_cast<off_t>(size_));
  if (!place.position.has_value()) {
    ::lseek(place.description, static_cast<off_t>(offset + count), SEEK_SET);
  }
  return count;
}

ErrnoOrOk VirtualFile::Truncate(const Caller& caller, uint64_t size) {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  UMSDK_RETURN_IF_ERRNO(backing_->Truncate(caller, size));
  cache_.Drop(cache_id_, std::min(size, size_) / BlockCache::kBlockSize);
  bool whole = populated_ >= size_ && (populated_ > 0 || size_ == 0);
  shared_pages_.erase(shared_pages_.lower_bound((size + kPage - 1) / kPage), shared_pages_.end());
  SetSize(size);
  // What was grown reads as zeros, in the memfd too.
  if (whole || populated_ > size) populated_ = size;
  if (charged_ > size) budget_.Give(charged_ - size), charged_ = size;
  return {};
}

ErrnoOrOk VirtualFile::Fallocate(int mode, uint64_t offset, uint64_t length) {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  UMSDK_RETURN_IF_ERRNO(backing_->Fallocate(mode, offset, length));
  uint64_t end = offset + length;
  cache_.Drop(cache_id_, offset / BlockCache::kBlockSize, end / BlockCache::kBlockSize);
  bool whole = populated_ >= size_ && (populated_ > 0 || size_ == 0);
  if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) != 0 && offset < populated_) {
    ::fallocate(memfd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                static_cast<off_t>(std::min(length, populated_ - offset)));
  }
  if ((mode & FALLOC_FL_KEEP_SIZE) == 0 && end > size_) {
    SetSize(end);
    if (whole) populated_ = size_;
  }
  return {};
}

ErrnoOr<uint64_t> VirtualFile::Seek(uint64_t offset, int whence) {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  if (offset >= size_) return Errno(ENXIO);
  ErrnoOr<uint64_t> found = backing_->Seek(offset, whence);
  if (found.ok() || found.error() != Errno(EOPNOTSUPP)) return found;
  return whence == SEEK_DATA ? offset : size_;  // as a file system without holes
}

ErrnoOrOk VirtualFile::Fsync(bool data_only) {
  MutexLock lock(mutex_);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  return backing_->Fsync(data_only);
}

ErrnoOrOk VirtualFile::Map(uint64_t offset, uint64_t length, bool writable) {
  MutexLock lock(mutex_);
  if (offset > UINT64_MAX - length) return Errno(EOVERFLOW);
  UMSDK_RETURN_IF_ERRNO(RenewIfOld());
  UMSDK_RETURN_IF_ERRNO(PopulateTo(offset + length));
  if (!writable) return {};
  mapped_end_ = std::max(mapped_end_, offset + length);
  std::vector<char> buffer;
  uint64_t end = std::min(offset + length, size_);
  for (uint64_t page = offset / kPage; page * kPage < end; ++page) {
    if (!shared_pages_.contains(page)) shared_pages_[page] = HashPage(memfd_.get(), page, buffer);
  }
  return {};
}

bool VirtualFile::MaybeDirty() const {
  MutexLock lock(mutex_);
  return !shared_pages_.empty();
}

ErrnoOrOk VirtualFile::WriteBack() {
  MutexLock lock(mutex_);
  return WriteBackLocked();
}

void VirtualFile::TryWriteBack() {
  if (!mutex_.try_lock()) return;
  (void)WriteBackLocked();
  mutex_.unlock();
}

ErrnoOrOk VirtualFile::WriteBackLocked() {
  std::vector<char> buffer;
  for (auto& [page, hash] : shared_pages_) {
    uint64_t now = HashPage(memfd_.get(), page, buffer);
    if (now == hash || buffer.empty()) continue;
    UMSDK_ASSIGN_OR_ERRNO(size_t count, backing_->Write(page * kPage, buffer));
    if (count != buffer.size()) return Errno(ENOSPC);
    hash = now;
    cache_.Drop(cache_id_, page * kPage / BlockCache::kBlockSize, page * kPage / BlockCache::kBlockSize);
  }
  return {};
}

void VirtualFile::ShowAttribEvent() {
  struct stat st;
  if (watched_ && ::fstat(memfd_.get(), &st) == 0) ::fchmod(memfd_.get(), st.st_mode & 07777);
}

ErrnoOrOk VirtualFile::TakeLateError() {
  MutexLock lock(mutex_);
  return std::exchange(late_error_, Errno(0));
}

ErrnoOr<Attr> VirtualFile::Stat() {
  MutexLock lock(mutex_);
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, backing_->Stat());
  if (opened_) mtime_ = attr.mtime;
  return attr;
}

// A write lease is granted only while no other open file description of the inode exists, mappings
// included (fs/locks.c, check_conflicting_open). The signal of a broken lease is one that is ignored.
bool VirtualFile::HeldByGuest() {
  if (::fcntl(probe_.get(), F_SETLEASE, F_WRLCK) != 0) return true;
  ::fcntl(probe_.get(), F_SETLEASE, F_UNLCK);
  return false;
}

// Somebody works on it, perhaps waits for a file system that does not answer: the thread that reaps
// serves others too.
bool VirtualFile::Reap() {
  if (!mutex_.try_lock()) return false;
  bool reaped = ReapLocked();
  mutex_.unlock();
  return reaped;
}

bool VirtualFile::ReapLocked() {
  if (!opened_) return true;
  if (HeldByGuest()) return false;
  ErrnoOrOk written = WriteBackLocked();
  shared_pages_.clear();
  mapped_end_ = 0;
  ErrnoOrOk closed = backing_->Close();
  if (!written.ok()) late_error_ = written.error();
  if (!closed.ok()) late_error_ = closed.error();
  ErrnoOr<Attr> attr = backing_->Stat();
  if (attr.ok()) mtime_ = attr->mtime;
  unlinked_ = !attr.ok() || attr->nlink == 0;
  opened_ = false;
  SetInUse(false);
  return true;
}

}  // namespace umsdk
