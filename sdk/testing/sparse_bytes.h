// SparseBytes: the contents of a regular file in memory, with holes, as tmpfs keeps them.
#ifndef SDK_TESTING_SPARSE_BYTES_H_
#define SDK_TESTING_SPARSE_BYTES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>

#include "sdk/testing/ram_budget.h"

namespace umsdk {

// A page is a hole (absent), reserved (allocated by Reserve, never written) or data. Reserved pages
// count as allocated but, as in tmpfs, are holes for NextData and NextHole.
//
// Thread-compatible. `offset + length` of an argument must not overflow.
// Invariant: every byte from size() on is zero, so growing needs no clearing.
class SparseBytes {
 public:
  static constexpr uint64_t kPageSize = 4096;

  // Takes one unit of `pages` for each allocated page. The budget must outlive this.
  explicit SparseBytes(Budget& pages) : budget_(pages) {}
  ~SparseBytes() { budget_.Give(pages_.size()); }
  SparseBytes(const SparseBytes&) = delete;
  SparseBytes& operator=(const SparseBytes&) = delete;

  uint64_t size() const { return size_; }
  uint64_t allocated_pages() const { return pages_.size(); }

  // How many bytes were read: fewer than asked for only at the end.
  size_t Read(uint64_t offset, std::span<char> out) const;
  // How many bytes were written: fewer than asked for when the budget is exhausted.
  size_t Write(uint64_t offset, std::span<const char> data);
  // Sets the size. Not growing also frees what is reserved behind the end.
  void Resize(uint64_t size);
  // Allocates the range, which may lie behind the end; the size stays. Pages that were reserved
  // before become data. All or nothing: false when the budget does not allow it.
  [[nodiscard]] bool Reserve(uint64_t offset, uint64_t length);
  // Makes the range read as zeros; whole pages in it become holes. The size stays.
  void Punch(uint64_t offset, uint64_t length);

  // Makes the range read as zeros. Pages that lie wholly in it become reserved; none is freed.
  void Zero(uint64_t offset, uint64_t length);

  // Where the next data is, at or behind `offset`; none up to the end: nullopt.
  std::optional<uint64_t> NextData(uint64_t offset) const;
  // Where the next hole is; the end of the file counts as one. `offset` must be below size().
  uint64_t NextHole(uint64_t offset) const;

 private:
  using Page = std::array<char, kPageSize>;
  struct Pages {
    uint64_t first;
    uint64_t last;  // one behind
  };

  Page* PageForWriting(uint64_t index);
  void ZeroWithin(uint64_t index, uint64_t begin, uint64_t end);
  // Zeroes the range in those pages that lie in it only partly; returns the pages between.
  Pages ZeroEnds(uint64_t offset, uint64_t length);
  void FreePages(Pages range);

  Budget& budget_;
  uint64_t size_ = 0;
  std::map<uint64_t, std::unique_ptr<Page>> pages_;  // by index; null: reserved
};

}  // namespace umsdk

#endif  // SDK_TESTING_SPARSE_BYTES_H_
