// ImageCopies: programs as files of the private directory, for guests whose root directory is virtual.
// What the kernel opens by itself at an exec it must find below that root, and from there no path
// leads to a memfd: /proc is not seen.
#ifndef SDK_CORE_IMAGE_COPIES_H_
#define SDK_CORE_IMAGE_COPIES_H_

#include <time.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "sdk/base/mutex.h"
#include "sdk/core/open_object.h"

namespace umsdk {

// What a copy is of; another one after every change of the file.
struct ImageVersion {
  uint64_t dev = 0, ino = 0, size = 0;
  timespec mtime = {}, ctime = {};
  bool operator==(const ImageVersion& other) const;
};

// A file that goes with its last user; links to it stay. Immutable.
class ImageCopy {
 public:
  ImageCopy(int private_dir, std::string name, std::string path, ImageVersion version)
      : private_dir_(private_dir), name_(std::move(name)), path_(std::move(path)), version_(version) {}
  ~ImageCopy();
  ImageCopy(const ImageCopy&) = delete;
  ImageCopy& operator=(const ImageCopy&) = delete;

  using Reader = std::function<size_t(uint64_t offset, std::span<char> out)>;
  // Before others see it.
  ErrnoOrOk Fill(const Reader& read);

  const std::string& name() const { return name_; }  // in the private directory
  const std::string& path() const { return path_; }  // of the program
  const ImageVersion& version() const { return version_; }
  ObjectKey key() const { return key_; }

 private:
  const int private_dir_;
  const std::string name_, path_;
  const ImageVersion version_;
  ObjectKey key_;
};

// Thread-safe. Keeps the latest ones, up to `limit` bytes.
class ImageCopies {
 public:
  ImageCopies(int private_dir, uint64_t limit) : private_dir_(private_dir), limit_(limit) {}

  ErrnoOr<std::shared_ptr<const ImageCopy>> Get(const ImageVersion& version, const std::string& path,
                                                const ImageCopy::Reader& read);
  bool empty() const {
    MutexLock lock(mutex_);
    return copies_.empty();
  }
  // The program that this file is a copy of; empty: it is none.
  std::string PathOf(ObjectKey key) const;

 private:
  std::shared_ptr<const ImageCopy> Find(const ImageVersion& version);
  void Keep(std::shared_ptr<const ImageCopy> copy);

  const int private_dir_;
  const uint64_t limit_;
  mutable Mutex mutex_;
  std::list<std::shared_ptr<const ImageCopy>> copies_ UMSDK_GUARDED_BY(mutex_);  // the latest first
};

}  // namespace umsdk

#endif  // SDK_CORE_IMAGE_COPIES_H_
