#include "services/umdev/image_storage.h"

#include <fcntl.h>
#include <linux/falloc.h>

#include <algorithm>
#include <string>

namespace umsdk::umdev {

ErrnoOr<std::unique_ptr<Storage>> ImageStorage::Create(std::unique_ptr<HostFile> file,
                                                       bool read_only) {
  UMSDK_ASSIGN_OR_ERRNO(uint64_t size, file->Size());
  size -= size % kSectorSize;
  if (size == 0) return Errno(EINVAL);
  return std::unique_ptr<Storage>(new ImageStorage(std::move(file), size, read_only));
}

// A file that has become shorter reads as zeros, as behind a loop device.
ErrnoOr<size_t> ImageStorage::Read(uint64_t offset, std::span<char> out) {
  size_t done = 0;
  while (done < out.size()) {
    ErrnoOr<size_t> count = file_->Read(offset + done, out.subspan(done));
    if (!count.ok()) return done > 0 ? ErrnoOr<size_t>(done) : count;
    if (*count == 0) break;
    done += *count;
  }
  std::fill(out.begin() + static_cast<ptrdiff_t>(done), out.end(), '\0');
  return out.size();
}

ErrnoOr<size_t> ImageStorage::Write(uint64_t offset, std::span<const char> bytes) {
  return file_->Write(offset, bytes);
}

ErrnoOrOk ImageStorage::Zero(uint64_t offset, uint64_t length) {
  if (Discard(offset, length).ok()) return {};
  const std::string zeros(std::min<uint64_t>(length, uint64_t{1} << 20), '\0');
  while (length > 0) {
    std::span<const char> piece(zeros.data(), std::min<uint64_t>(length, zeros.size()));
    UMSDK_ASSIGN_OR_ERRNO(size_t count, file_->Write(offset, piece));
    if (count == 0) return Errno(EIO);
    offset += count;
    length -= count;
  }
  return {};
}

ErrnoOrOk ImageStorage::Discard(uint64_t offset, uint64_t length) {
  return file_->Allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

}  // namespace umsdk::umdev
