#include "sdk/core/image_copies.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <vector>

namespace umsdk {
namespace {

bool Same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

std::string NextName() {
  static std::atomic<uint64_t> next{0};
  return "i" + std::to_string(next++);
}

}  // namespace

bool ImageVersion::operator==(const ImageVersion& other) const {
  return dev == other.dev && ino == other.ino && size == other.size && Same(mtime, other.mtime) &&
         Same(ctime, other.ctime);
}

ImageCopy::~ImageCopy() { ::unlinkat(private_dir_, name_.c_str(), 0); }

// The descriptor is closed at the end: a file that is open for writing cannot be executed.
ErrnoOrOk ImageCopy::Fill(const Reader& read) {
  constexpr size_t kChunk = 1 << 20;
  constexpr uint64_t kMaxImage = uint64_t{1} << 30;
  UniqueFd file(::openat(private_dir_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755));
  struct stat st;
  if (!file.valid() || ::fchmod(file.get(), 0755) != 0 || ::fstat(file.get(), &st) != 0) return LastErrno();
  key_ = {st.st_dev, st.st_ino};
  std::vector<char> chunk(std::min<uint64_t>(kChunk, version_.size + 1));
  for (uint64_t at = 0; size_t count = read(at, chunk); at += count) {
    if (at + count > kMaxImage) return Errno(ENOMEM);
    ssize_t written = ::pwrite(file.get(), chunk.data(), count, static_cast<off_t>(at));
    if (written != static_cast<ssize_t>(count)) return written < 0 ? LastErrno() : Errno(ENOMEM);
  }
  return {};
}

std::shared_ptr<const ImageCopy> ImageCopies::Find(const ImageVersion& version) {
  MutexLock lock(mutex_);
  for (auto it = copies_.begin(); it != copies_.end(); ++it) {
    if (!((*it)->version() == version)) continue;
    copies_.splice(copies_.begin(), copies_, it);
    return copies_.front();
  }
  return nullptr;
}

void ImageCopies::Keep(std::shared_ptr<const ImageCopy> copy) {
  MutexLock lock(mutex_);
  copies_.push_front(std::move(copy));
  uint64_t size = 0;
  auto end = std::find_if(copies_.begin(), copies_.end(), [&](const auto& kept) {
    size += kept->version().size;
    return size > limit_;
  });
  copies_.erase(end, copies_.end());
}

ErrnoOr<std::shared_ptr<const ImageCopy>> ImageCopies::Get(const ImageVersion& version,
                                                           const std::string& path,
                                                           const ImageCopy::Reader& read) {
  if (std::shared_ptr<const ImageCopy> known = Find(version)) return known;
  auto copy = std::make_shared<ImageCopy>(private_dir_, NextName(), path, version);
  UMSDK_RETURN_IF_ERRNO(copy->Fill(read));
  Keep(copy);
  return std::shared_ptr<const ImageCopy>(std::move(copy));
}

std::string ImageCopies::PathOf(ObjectKey key) const {
  MutexLock lock(mutex_);
  for (const std::shared_ptr<const ImageCopy>& copy : copies_) {
    if (copy->key() == key) return copy->path();
  }
  return "";
}

}  // namespace umsdk
