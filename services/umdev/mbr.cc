// The MBR and the chain of its extended partition.
#include <set>

#include "services/umdev/partition_table.h"

namespace umsdk::umdev {
namespace {

struct Slot {
  uint8_t boot = 0;
  uint8_t type = 0;
  uint64_t start = 0;
  uint64_t count = 0;
  bool extended() const { return type == 0x05 || type == 0x0f || type == 0x85; }
};

Slot SlotOf(const Sector& table, size_t index) {
  const unsigned char* at = table.data() + kMbrEntries + index * kMbrEntrySize;
  return {.boot = at[0], .type = at[4], .start = Get32(at + 8), .count = Get32(at + 12)};
}

// A boot sector of FAT or NTFS has the signature too, and program text where the table would be.
bool IsTable(const Sector& mbr) {
  for (size_t i = 0; i < kMbrSlots; ++i) {
    if ((SlotOf(mbr, i).boot & 0x7f) != 0) return false;
  }
  return true;
}

constexpr int kFirstLogical = 5;
// As many links without a logical partition as the kernel follows.
constexpr int kMaxEmptyLinks = 100;

class ExtendedChain {
 public:
  ExtendedChain(const SectorReader& reader, const Slot& whole, std::vector<PartitionEntry>& out)
      : reader_(reader), whole_(whole), out_(out), here_(whole.start), size_(whole.count) {}

  // Numbers go on where an earlier chain ended.
  void Walk(int& number) {
    for (int empty = 0; empty < kMaxEmptyLinks && number <= kMaxPartitions; ++empty) {
      if (!visited_.insert(here_).second) return;  // a loop
      std::optional<Sector> table = reader_.Read(here_);
      if (!table || !HasMbrSignature(*table)) return;
      if (TakeLogical(*table, number)) empty = 0;
      if (!Follow(*table)) return;
    }
  }

 private:
  bool TakeLogical(const Sector& table, int& number) {
    bool found = false;
    for (size_t i = 0; i < kMbrSlots && number <= kMaxPartitions; ++i) {
      Slot slot = SlotOf(table, i);
      uint64_t start = here_ + slot.start;
      if (slot.count == 0 || slot.extended()) continue;
      // The last two slots are not used, and sometimes hold garbage.
      bool inside = slot.start + slot.count <= size_ && start >= whole_.start &&
                    start + slot.count <= whole_.start + whole_.count;
      if (i >= 2 && !inside) continue;
      out_.push_back({number++, start, slot.count});
      found = true;
    }
    return found;
  }

  // Places in the chain count from the start of the whole extended partition.
  bool Follow(const Sector& table) {
    for (size_t i = 0; i < kMbrSlots; ++i) {
      Slot slot = SlotOf(table, i);
      if (slot.count == 0 || !slot.extended()) continue;
      here_ = whole_.start + slot.start;
      size_ = slot.count;
      return true;
    }
    return false;
  }

  const SectorReader& reader_;
  const Slot whole_;
  std::vector<PartitionEntry>& out_;
  uint64_t here_;
  uint64_t size_;
  std::set<uint64_t> visited_;
};

}  // namespace

bool HasMbrSignature(const Sector& mbr) { return Get16(mbr.data() + 510) == 0xaa55; }

GptClaim GptClaimOf(const Sector& mbr) {
  GptClaim claim = GptClaim::kNone;
  for (size_t i = 0; i < kMbrSlots; ++i) {
    Slot slot = SlotOf(mbr, i);
    if (slot.type != 0xee) continue;
    if (slot.start == 1) return GptClaim::kProtective;
    claim = GptClaim::kHidden;
  }
  return claim;
}

std::vector<PartitionEntry> ReadMbr(const SectorReader& reader, const Sector& mbr) {
  std::vector<PartitionEntry> entries;
  if (!IsTable(mbr)) return entries;
  int next_logical = kFirstLogical;
  std::vector<PartitionEntry> logical;
  for (size_t i = 0; i < kMbrSlots; ++i) {
    Slot slot = SlotOf(mbr, i);
    if (slot.count == 0) continue;
    int number = static_cast<int>(i) + 1;
    if (!slot.extended()) {
      entries.push_back({number, slot.start, slot.count});
      continue;
    }
    // Its node shows two sectors, for boot loaders: a file system made there would be over others.
    entries.push_back({number, slot.start, slot.count < 2 ? slot.count : 2});
    ExtendedChain(reader, slot, logical).Walk(next_logical);
  }
  entries.insert(entries.end(), logical.begin(), logical.end());
  return entries;
}

}  // namespace umsdk::umdev
