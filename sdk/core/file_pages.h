// FilePages: the memfd that guests hold opens of, and how much of it is the file's. A prefix,
// [0, filled), holds the file's bytes; it never shrinks but with the file, since a read that we let
// continue gives no notice of its end.
#ifndef SDK_CORE_FILE_PAGES_H_
#define SDK_CORE_FILE_PAGES_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"
#include "sdk/core/memory_budget.h"
#include "sdk/core/open_object.h"

namespace umsdk {

// The caller locks; memfd() and key() are fixed after Make. What is filled is charged to the budget.
class FilePages {
 public:
  // Up to out.size() bytes of the file; 0 at its end.
  using Reader = std::function<ErrnoOr<size_t>(uint64_t offset, std::span<char> out)>;

  explicit FilePages(MemoryBudget& budget) : budget_(budget) {}
  ~FilePages() { budget_.Give(charged_); }
  FilePages(const FilePages&) = delete;
  FilePages& operator=(const FilePages&) = delete;

  // Once, before all else.
  ErrnoOrOk Make(const std::string& name);
  int memfd() const { return memfd_.get(); }
  ObjectKey key() const { return key_; }
  // A new open file description.
  ErrnoOr<UniqueFd> Open(int flags) const;
  // ETXTBSY while a guest runs it. For watches of inotify it is a change.
  ErrnoOrOk CheckNotRun() const;
  // Somebody else has a description or a mapping of it.
  bool Held() const;

  uint64_t size() const { return size_; }
  uint64_t filled() const { return filled_; }
  bool whole() const { return filled_ >= size_; }
  // Whole, and not just because nothing was known of it.
  bool kept() const { return whole() && (filled_ > 0 || size_ == 0); }
  bool fits() const { return size_ <= budget_.file_limit(); }

  // Fills up to `end`, at most to the end of the file, which may turn out to come sooner than its
  // size. ENODEV: too much to be in memory.
  ErrnoOrOk FillTo(uint64_t end, const Reader& read);
  // Bytes that the file has now. `grow`: the prefix of a kept() file may grow with it.
  void Put(uint64_t offset, std::span<const char> bytes, bool grow);
  // The file has got another size. What was grown is not filled.
  void Resize(uint64_t size);
  // What was grown is zeros.
  void SetWhole() { filled_ = size_; }
  void Zero(uint64_t offset, uint64_t length);
  // Nothing in it is right any more. It is written over, not taken away.
  void Age();
  // The same when nobody holds it.
  ErrnoOrOk Clear(uint64_t size);

 private:
  MemoryBudget& budget_;
  UniqueFd memfd_;
  UniqueFd probe_;  // an open of it for reading, to ask for a lease
  ObjectKey key_;
  uint64_t size_ = 0;
  uint64_t filled_ = 0;
  uint64_t stale_end_ = 0;  // there may be old bytes up to there
  uint64_t charged_ = 0;
};

}  // namespace umsdk

#endif  // SDK_CORE_FILE_PAGES_H_
