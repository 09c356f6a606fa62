#include "services/umdev/partitions.h"

#include <utility>
#include <vector>

#include "services/umdev/partition_table.h"

namespace umsdk::umdev {
namespace {

std::vector<PartitionEntry> ReadTable(Disk& disk) {
  auto read_at = [&disk](uint64_t offset, std::span<char> out) {
    while (!out.empty()) {
      ErrnoOr<size_t> count = disk.storage().Read(offset, out);
      if (!count.ok() || *count == 0) return false;
      offset += *count;
      out = out.subspan(*count);
    }
    return true;
  };
  return ReadPartitionTable(SectorReader(read_at, disk.size() / kSectorSize));
}

}  // namespace

Partitions::Partitions(std::shared_ptr<Disk> disk, std::string separator, MakeDevice make_device)
    : disk_(std::move(disk)),
      separator_(std::move(separator)),
      make_device_(std::move(make_device)) {}

void Partitions::Insert(ByNumber& all, int number, Extent extent) const {
  auto volume = std::make_shared<Volume>(disk_, number, extent);
  all[number] = {volume, make_device_(volume)};
}

void Partitions::Publish() {
  std::vector<DevicePart> shown;
  for (const auto& [number, partition] : all_) {
    shown.push_back({separator_ + std::to_string(number), partition.device});
  }
  parts_->Set(std::move(shown));
}

// All or none.
bool Partitions::RemoveAll() {
  for (auto& [number, partition] : all_) {
    if (partition.volume->Remove()) continue;
    for (auto& [other, earlier] : all_) earlier.volume->Revive();
    return false;
  }
  return true;
}

ErrnoOrOk Partitions::Reread() {
  MutexLock lock(mutex_);
  if (!RemoveAll()) return Errno(EBUSY);
  ByNumber old = std::exchange(all_, {});
  for (const PartitionEntry& entry : ReadTable(*disk_)) {
    Extent extent{entry.start * kSectorSize, entry.count * kSectorSize};
    auto same = old.find(entry.number);
    if (same != old.end() && same->second.volume->extent() == extent) {
      same->second.volume->Revive();
      all_[entry.number] = same->second;
    } else {
      Insert(all_, entry.number, extent);
    }
  }
  Publish();
  return {};
}

bool Partitions::Overlaps(Extent extent, int except) const {
  for (const auto& [number, partition] : all_) {
    Extent other = partition.volume->extent();
    if (number != except && extent.start < other.end() && other.start < extent.end()) return true;
  }
  return false;
}

ErrnoOrOk Partitions::Add(int number, Extent extent) {
  if (number > kMaxPartitions) return Errno(EINVAL);
  MutexLock lock(mutex_);
  if (Overlaps(extent, 0) || all_.contains(number)) return Errno(EBUSY);
  Insert(all_, number, extent);
  Publish();
  return {};
}

ErrnoOrOk Partitions::Delete(int number) {
  MutexLock lock(mutex_);
  auto it = all_.find(number);
  if (it == all_.end()) return Errno(ENXIO);
  if (!it->second.volume->Remove()) return Errno(EBUSY);
  all_.erase(it);
  Publish();
  return {};
}

ErrnoOrOk Partitions::Resize(int number, Extent extent) {
  MutexLock lock(mutex_);
  auto it = all_.find(number);
  if (it == all_.end()) return Errno(ENXIO);
  if (it->second.volume->extent().start != extent.start) return Errno(EINVAL);
  if (Overlaps(extent, number)) return Errno(EBUSY);
  it->second.volume->Resize(extent.length);
  return {};
}

}  // namespace umsdk::umdev
