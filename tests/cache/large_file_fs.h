// LargeFileFs: one file of 40 MiB that takes no memory of ours; it knows which blocks were
// rewritten, and calls a probe whenever it is asked for data.
#ifndef TESTS_CACHE_LARGE_FILE_FS_H_
#define TESTS_CACHE_LARGE_FILE_FS_H_

#include <algorithm>
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"
#include "tests/cache/pattern.h"
#include "umsdk/file_system.h"

namespace cache_test {

class LargeFileFs final : public umsdk::FileSystem {
 public:
  static constexpr umsdk::NodeId kFile = 2;

  explicit LargeFileFs(std::function<void()> probe)
      : probe_(std::move(probe)), rewritten_(kFileSize / kUnit) {}

  umsdk::ErrnoOr<umsdk::Entry> Lookup(const umsdk::Caller&, umsdk::NodeId parent,
                                      std::string_view name) override {
    if (parent != umsdk::kRootNode || name != "large") return umsdk::Errno(ENOENT);
    return umsdk::Entry{kFile, Attributes(kFile), 0};
  }
  umsdk::ErrnoOr<umsdk::Attr> GetAttr(umsdk::NodeId node) override { return Attributes(node); }
  umsdk::ErrnoOr<umsdk::Attr> SetAttr(const umsdk::Caller&, umsdk::NodeId node,
                                      const umsdk::SetAttrRequest&) override {
    return Attributes(node);
  }
  umsdk::ErrnoOr<size_t> Read(umsdk::NodeId, umsdk::FileHandle, uint64_t offset,
                              std::span<char> out) override {
    probe_();
    umsdk::MutexLock lock(mutex_);
    if (offset >= kFileSize || offset % kUnit != 0) return offset >= kFileSize ? size_t{0} : Odd();
    size_t size = std::min<uint64_t>(out.size(), kFileSize - offset);
    if (size % kUnit != 0) return Odd();
    for (size_t at = 0; at < size; at += kUnit) {
      Fill(out.data() + at, offset + at, kUnit, rewritten_[(offset + at) / kUnit] ? 2 : 1);
    }
    return size;
  }
  umsdk::ErrnoOr<size_t> Write(umsdk::NodeId, umsdk::FileHandle, uint64_t offset,
                               std::span<const char> bytes) override {
    probe_();
    umsdk::MutexLock lock(mutex_);
    if (offset % kUnit != 0 || bytes.size() % kUnit != 0 || offset + bytes.size() > kFileSize)
      return Odd();
    if (!Matches(bytes.data(), offset, bytes.size(), 2)) return umsdk::Errno(EIO);
    for (size_t at = 0; at < bytes.size(); at += kUnit) rewritten_[(offset + at) / kUnit] = true;
    return bytes.size();
  }
  // Every block was written, with the right bytes.
  bool all_rewritten() {
    umsdk::MutexLock lock(mutex_);
    return std::ranges::all_of(rewritten_, [](bool is) { return is; });
  }

 private:
  static constexpr size_t kUnit = 4096;

  // The SDK asks for whole pages.
  static umsdk::ErrnoOr<size_t> Odd() { return umsdk::Errno(EIO); }
  static umsdk::Attr Attributes(umsdk::NodeId node) {
    umsdk::Attr attr;
    attr.mode = node == kFile ? S_IFREG | 0666 : S_IFDIR | 0755;
    attr.size = node == kFile ? kFileSize : 0;
    return attr;
  }

  const std::function<void()> probe_;
  umsdk::Mutex mutex_;
  std::vector<bool> rewritten_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace cache_test

#endif  // TESTS_CACHE_LARGE_FILE_FS_H_
