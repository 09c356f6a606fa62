#include "sdk/core/virtual_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace umsdk {

VirtualFile::VirtualFile(std::shared_ptr<Mount> mount, NodePtr node, std::string path,
                         std::unique_ptr<Backing> backing, MemoryBudget& budget, BlockCache& cache,
                         bool uncached)
    : OpenObject(std::move(mount), std::move(node), std::move(path)),
      mapped_limit_(budget.file_limit()),
      follows_(this->mount() && this->mount()->traits.data_may_change),
      uncached_(uncached),
      backing_(std::move(backing)),
      pages_(budget),
      windows_(cache) {}

ErrnoOrOk VirtualFile::Init() { return pages_.Make(path().substr(path().rfind('/') + 1)); }

// ---- opening, and what changes behind our back ----

ErrnoOrOk VirtualFile::Refresh(bool keep) {
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, backing_->DataStat());
  bool same = attr.size == pages_.size() && attr.mtime.tv_sec == mtime_.tv_sec &&
              attr.mtime.tv_nsec == mtime_.tv_nsec;
  if (same && keep && !uncached_) return {};
  windows_.Drop();
  mtime_ = attr.mtime;
  return pages_.Clear(attr.size);
}

// A file that a guest holds keeps its memfd: what has changed is written over it.
ErrnoOrOk VirtualFile::RenewIfOld() {
  if (!follows_ && !old_) return {};
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, backing_->DataStat());
  if (attr.size != pages_.size()) old_ = true;
  if (!old_.exchange(false)) return {};
  windows_.Drop();
  bool whole = pages_.whole();
  uint64_t filled = std::min(pages_.filled(), attr.size);
  Resize(attr.size);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  pages_.Age();
  ErrnoOrOk done = Fill(whole ? pages_.size() : filled);
  stores_.Renew(memfd());
  // Too large to be in memory now: it is read in windows.
  return done.ok() || done.error() == Errno(ENODEV) ? ErrnoOrOk() : done;
}

ErrnoOr<UniqueFd> VirtualFile::Open(const Caller& caller, int flags, const std::optional<OpenReply>& opened,
                                    OpenReply* stream) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  OpenReply reply;
  if (opened.has_value()) {
    reply = *opened;
    backing_->Adopt(reply, flags);
  } else {
    UMSDK_ASSIGN_OR_ERRNO(reply, backing_->Open(caller, flags));
    if (reply.seeking != OpenReply::Seeking::kFree) {
      if (stream != nullptr) {
        *stream = reply;
        return UniqueFd();
      }
      backing_->Adopt(reply, flags);
    }
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
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd fd, pages_.Open(flags & kKept));
  opened_ = true;
  SetInUse(true);
  return fd;
}

ErrnoOr<Attr> VirtualFile::Stat() {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, backing_->Stat());
  if (opened_) mtime_ = attr.mtime;
  // For lseek(2), which is the kernel's; the bytes follow at the next read.
  if (opened_ && follows_ && attr.size != pages_.size()) {
    old_ = true;
    Resize(attr.size);
  }
  return attr;
}

// ---- reading: resident or windowed ----

FilePages::Reader VirtualFile::Source() {
  return [backing = backing_.get()](uint64_t offset, std::span<char> out) {
    return backing->Read(offset, out);
  };
}

ErrnoOrOk VirtualFile::Fill(uint64_t end) { return pages_.FillTo(end, Source()); }

ErrnoOr<bool> VirtualFile::Populate() {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  UMSDK_RETURN_IF_ERRNO(RenewIfOld());
  if (pages_.whole() && !uncached_) return true;
  if (uncached_ || !pages_.fits()) return false;
  ErrnoOrOk done = Fill(pages_.size());
  if (done.ok()) return true;
  if (done.error() == Errno(ENODEV)) return false;
  return done.error();
}

ErrnoOr<size_t> VirtualFile::ReadAt(uint64_t offset, std::span<char> out) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  size_t done = 0;
  while (done < out.size()) {
    uint64_t at = offset + done;
    std::span<char> rest = out.subspan(done);
    if (at < pages_.filled()) {
      size_t size = std::min<uint64_t>(rest.size(), pages_.filled() - at);
      ssize_t count = ::pread(memfd(), rest.data(), size, static_cast<off_t>(at));
      if (count <= 0) break;
      done += static_cast<size_t>(count);
      continue;
    }
    ErrnoOr<size_t> count =
        uncached_ ? backing_->Read(at, rest) : windows_.Read(at, rest, Source());
    if (!count.ok()) {
      if (done > 0) break;
      return count.error();
    }
    done += *count;
    if (*count == 0 || uncached_) break;
  }
  return done;
}

ErrnoOr<uint64_t> VirtualFile::Seek(uint64_t offset, int whence) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  UMSDK_RETURN_IF_ERRNO(WriteBackLocked());
  if (offset >= pages_.size()) return Errno(ENXIO);
  ErrnoOr<uint64_t> found = backing_->Seek(offset, whence);
  if (found.ok() || found.error() != Errno(EOPNOTSUPP)) return found;
  return whence == SEEK_DATA ? offset : pages_.size();  // as a file system without holes
}

// ---- events, and the end ----

void VirtualFile::ShowAttribEvent() {
  struct stat st;
  if (watched_ && ::fstat(memfd(), &st) == 0) ::fchmod(memfd(), st.st_mode & 07777);
}

ErrnoOrOk VirtualFile::TakeLateError() {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  return std::exchange(late_error_, Errno(0));
}

// Somebody works on it, perhaps waits for a file system that does not answer: the thread that reaps
// serves others too.
bool VirtualFile::Reap() {
  if (!mutex_.try_lock()) return false;
  bool reaped = ReapLocked();
  mutex_.unlock();
  return reaped;
}

ErrnoOr<FileHandle> VirtualFile::Handle(bool writable) {
  GuestLock lock(mutex_);
  if (!lock.held()) return Errno(EINTR);
  return backing_->Handle(writable);
}

// A close was seen; there may have been more, of which no event tells.
void VirtualFile::SettleLocks(bool held) {
  if (locks_.empty() || !node()) return;
  ErrnoOr<FileHandle> handle = backing_->Handle(false);
  if (!handle.ok()) return;
  if (held) {
    locks_.Settle(key(), node()->fs(), node()->id(), *handle);
  } else {
    locks_.DropAll(node()->fs(), node()->id(), *handle);
  }
}

bool VirtualFile::ReapLocked() {
  if (!opened_) return true;
  bool held = pages_.Held();
  SettleLocks(held);
  if (held) return false;
  ErrnoOrOk written = WriteBackLocked();
  stores_.Clear();
  ErrnoOrOk closed = backing_->Close();
  if (!written.ok()) late_error_ = written.error();
  if (!closed.ok()) late_error_ = closed.error();
  // Not asked anew: whoever changes the file now, by another way, may be half done.
  ErrnoOr<Attr> attr = backing_->DataStat();
  if (attr.ok()) mtime_ = attr->mtime;
  unlinked_ = !attr.ok() || attr->nlink == 0;
  opened_ = false;
  SetInUse(false);
  return true;
}

}  // namespace umsdk
