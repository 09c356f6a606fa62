#include "sdk/core/file_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace umsdk {
namespace {

constexpr size_t kFillChunk = 1 << 20;

bool AllZero(std::span<const char> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

bool WriteAll(int fd, std::span<const char> bytes, uint64_t offset) {
  ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  return count == static_cast<ssize_t>(bytes.size());
}

}  // namespace

ErrnoOrOk FilePages::Make(const std::string& name) {
  memfd_.Reset(::memfd_create(name.c_str(), MFD_CLOEXEC));
  // A name may be longer than memfd_create(2) takes (249 bytes).
  if (!memfd_.valid() && errno == EINVAL) memfd_.Reset(::memfd_create("file", MFD_CLOEXEC));
  struct stat st;
  if (!memfd_.valid() || ::fstat(memfd_.get(), &st) != 0) return Errno(ENFILE);
  key_ = {st.st_dev, st.st_ino};
  // Kept open: its close would look like a guest's.
  UMSDK_ASSIGN_OR_ERRNO(probe_, Open(O_RDONLY));
  ::fcntl(probe_.get(), F_SETSIG, SIGURG);
  return {};
}

ErrnoOr<UniqueFd> FilePages::Open(int flags) const {
  std::string self = "/proc/self/fd/" + std::to_string(memfd_.get());
  UniqueFd fd(::open(self.c_str(), flags | O_CLOEXEC));
  // A guest executes it; else it is our descriptors that are short, not the guest's.
  if (!fd.valid()) return Errno(errno == ETXTBSY ? ETXTBSY : ENFILE);
  return fd;
}

// truncate(2) asks whether somebody runs the file; an open for writing would too, but its close
// would look like a guest's.
ErrnoOrOk FilePages::CheckNotRun() const {
  const std::string self = "/proc/self/fd/" + std::to_string(memfd_.get());
  if (::truncate(self.c_str(), static_cast<off_t>(size_)) == 0 || errno != ETXTBSY) return {};
  return Errno(ETXTBSY);
}

// A write lease is granted only while no other open file description of the inode exists, mappings
// included (fs/locks.c, check_conflicting_open). The signal of a broken lease is one that is ignored.
bool FilePages::Held() const {
  if (::fcntl(probe_.get(), F_SETLEASE, F_WRLCK) != 0) return true;
  ::fcntl(probe_.get(), F_SETLEASE, F_UNLCK);
  return false;
}

ErrnoOrOk FilePages::FillTo(uint64_t end, const Reader& read) {
  end = std::min(end, size_);
  if (end <= filled_) return {};
  uint64_t need = end - filled_;
  if (end > budget_.file_limit() || !budget_.Take(need)) return Errno(ENODEV);
  charged_ += need;
  std::vector<char> buffer(std::min<uint64_t>(kFillChunk, need));
  while (filled_ < std::min(end, size_)) {
    std::span<char> chunk(buffer.data(), std::min<uint64_t>(buffer.size(), end - filled_));
    UMSDK_ASSIGN_OR_ERRNO(size_t count, read(filled_, chunk));
    if (count == 0) Resize(filled_);  // the end comes before the size that was told
    chunk = chunk.first(count);
    bool blank = filled_ >= stale_end_ && AllZero(chunk);
    if (!blank && !WriteAll(memfd_.get(), chunk, filled_)) return LastErrno();
    filled_ += chunk.size();
  }
  return {};
}

void FilePages::Put(uint64_t offset, std::span<const char> bytes, bool grow) {
  uint64_t end = offset + bytes.size();
  // Only a wholly filled file grows here; else the new bytes are read back when asked for.
  if (grow && kept() && end > filled_ && end <= budget_.file_limit() && budget_.Take(end - filled_)) {
    charged_ += end - filled_;
    filled_ = end;
  }
  if (end > size_ && ::ftruncate(memfd_.get(), static_cast<off_t>(end)) == 0) size_ = end;
  if (offset >= filled_) return;
  bytes = bytes.first(std::min<uint64_t>(bytes.size(), filled_ - offset));
  if (!WriteAll(memfd_.get(), bytes, offset)) filled_ = std::min(filled_, offset);  // no memory
}

void FilePages::Resize(uint64_t size) {
  if (size != size_ && ::ftruncate(memfd_.get(), static_cast<off_t>(size)) == 0) size_ = size;
  filled_ = std::min(filled_, size_);
  stale_end_ = std::min(stale_end_, size_);
  if (charged_ > size_) budget_.Give(charged_ - size_), charged_ = size_;
}

void FilePages::Zero(uint64_t offset, uint64_t length) {
  if (offset >= filled_) return;
  ::fallocate(memfd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
              static_cast<off_t>(std::min(length, filled_ - offset)));
}

void FilePages::Age() {
  stale_end_ = size_;
  filled_ = 0;
  budget_.Give(std::exchange(charged_, 0));
}

ErrnoOrOk FilePages::Clear(uint64_t size) {
  Age();
  stale_end_ = 0;
  const bool was_empty = size_ == 0;
  size_ = size;
  if ((was_empty || ::ftruncate(memfd_.get(), 0) == 0) && ::ftruncate(memfd_.get(), static_cast<off_t>(size)) == 0) return {};
  return Errno(EFBIG);
}

}  // namespace umsdk
