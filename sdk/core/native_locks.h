// The locks that the kernel has on a kernel object, whoever holds them (/proc/locks).
#ifndef SDK_CORE_NATIVE_LOCKS_H_
#define SDK_CORE_NATIVE_LOCKS_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <vector>

#include "sdk/core/open_object.h"
#include "umsdk/file_types.h"

namespace umsdk {

struct NativeLock {
  enum class Kind { kPosix, kFlock, kDescription };
  Kind kind = Kind::kPosix;
  FileLock lock;  // pid: -1 for a description's
  bool operator==(const NativeLock& other) const {
    return kind == other.kind && lock.type == other.lock.type && lock.start == other.lock.start &&
           lock.end == other.lock.end && lock.pid == other.lock.pid;
  }
};

std::vector<NativeLock> NativeLocks(ObjectKey key);

inline bool Overlap(const FileLock& a, const FileLock& b) { return a.start <= b.end && b.start <= a.end; }
// Two holders cannot have both.
bool Conflict(const FileLock& a, const FileLock& b);

// What several holders have together: from each byte on, the strongest type, until the next one.
using LockSteps = std::map<uint64_t, short>;
LockSteps Together(const std::vector<FileLock>& locks);
// The ranges in which `wanted` differs from `has`, with the type that is wanted there.
std::vector<FileLock> Differences(const LockSteps& has, const LockSteps& wanted);
// Sets one range.
void SetRange(LockSteps& steps, const FileLock& lock);

}  // namespace umsdk

#endif  // SDK_CORE_NATIVE_LOCKS_H_
