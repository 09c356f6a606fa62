#include "sdk/core/native_locks.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

namespace umsdk {
namespace {

constexpr short kNone = F_UNLCK;

short TypeAt(const LockSteps& steps, uint64_t at) {
  auto after = steps.upper_bound(at);
  return after == steps.begin() ? kNone : std::prev(after)->second;
}

bool TakeKind(const std::string& word, NativeLock::Kind& kind) {
  if (word == "POSIX") kind = NativeLock::Kind::kPosix;
  if (word == "FLOCK") kind = NativeLock::Kind::kFlock;
  if (word == "OFDLCK") kind = NativeLock::Kind::kDescription;
  return word == "POSIX" || word == "FLOCK" || word == "OFDLCK";
}

}  // namespace

// "1: POSIX  ADVISORY  WRITE 708 00:01:13548 0 EOF". What waits has "->" behind the number.
std::vector<NativeLock> NativeLocks(ObjectKey key) {
  char wanted[64];
  std::snprintf(wanted, sizeof(wanted), "%02x:%02x:%lu", major(key.dev), minor(key.dev),
                static_cast<unsigned long>(key.ino));
  std::vector<NativeLock> locks;
  std::ifstream file("/proc/locks");
  for (std::string line; std::getline(file, line);) {
    if (line.find(wanted) == std::string::npos) continue;
    std::istringstream words(line);
    std::string number, kind, advisory, type, object, start, end;
    NativeLock native;
    words >> number >> kind >> advisory >> type >> native.lock.pid >> object >> start >> end;
    if (object != wanted || !TakeKind(kind, native.kind)) continue;
    native.lock.type = type == "WRITE" ? F_WRLCK : F_RDLCK;
    native.lock.start = std::strtoull(start.c_str(), nullptr, 10);
    native.lock.end = end == "EOF" ? INT64_MAX : std::strtoull(end.c_str(), nullptr, 10);
    locks.push_back(native);
  }
  return locks;
}

bool Conflict(const FileLock& a, const FileLock& b) {
  return Overlap(a, b) && a.type != kNone && b.type != kNone && (a.type == F_WRLCK || b.type == F_WRLCK);
}

void SetRange(LockSteps& steps, const FileLock& lock) {
  const short after = TypeAt(steps, lock.end + 1);
  steps.erase(steps.lower_bound(lock.start), steps.upper_bound(lock.end));
  steps[lock.start] = lock.type;
  steps[lock.end + 1] = after;
}

LockSteps Together(const std::vector<FileLock>& locks) {
  LockSteps steps;
  for (short type : {short{F_RDLCK}, short{F_WRLCK}}) {
    for (const FileLock& lock : locks) {
      if (lock.type == type) SetRange(steps, lock);
    }
  }
  return steps;
}

std::vector<FileLock> Differences(const LockSteps& has, const LockSteps& wanted) {
  std::set<uint64_t> starts;
  for (const LockSteps* steps : {&has, &wanted}) {
    for (const auto& [start, type] : *steps) starts.insert(start);
  }
  std::vector<FileLock> different;
  for (auto it = starts.begin(); it != starts.end(); ++it) {
    const short type = TypeAt(wanted, *it);
    if (TypeAt(has, *it) == type) continue;
    FileLock lock;
    lock.type = type;
    lock.start = *it;
    lock.end = std::next(it) == starts.end() ? INT64_MAX : *std::next(it) - 1;
    bool goes_on = !different.empty() && different.back().type == type &&
                   different.back().end + 1 == lock.start;
    if (goes_on) {
      different.back().end = lock.end;
    } else {
      different.push_back(lock);
    }
  }
  return different;
}

}  // namespace umsdk
