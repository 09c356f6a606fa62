// File: one regular file that a service hands out from OnOpen, without a whole FileSystem behind it.
#ifndef UMSDK_FILE_H_
#define UMSDK_FILE_H_

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "sdk/base/errno.h"
#include "umsdk/file_system.h"

namespace umsdk {

// Destroyed when the last descriptor of its open goes. Calls on one File are serialized.
class File {
 public:
  virtual ~File() = default;
  // At least mode (with S_IFREG) and size.
  virtual ErrnoOr<Attr> Stat() = 0;
  virtual ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) = 0;
  virtual ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) {
    (void)offset, (void)bytes;
    return Errno(EBADF);
  }
  virtual ErrnoOrOk Truncate(uint64_t size) {
    (void)size;
    return Errno(EINVAL);
  }
  virtual ErrnoOrOk Fsync() { return {}; }
};

// A read-only file over bytes in memory.
class BytesFile final : public File {
 public:
  explicit BytesFile(std::string bytes, mode_t mode = 0444)
      : bytes_(std::move(bytes)), mode_(S_IFREG | (mode & 07777)) {}
  ErrnoOr<Attr> Stat() override {
    Attr attr;
    attr.mode = mode_;
    attr.size = bytes_.size();
    attr.blocks = (bytes_.size() + 511) / 512;
    return attr;
  }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    if (offset >= bytes_.size()) return size_t{0};
    size_t count = std::min<size_t>(out.size(), bytes_.size() - offset);
    std::memcpy(out.data(), bytes_.data() + offset, count);
    return count;
  }

 private:
  std::string bytes_;
  mode_t mode_;
};

}  // namespace umsdk

#endif  // UMSDK_FILE_H_
