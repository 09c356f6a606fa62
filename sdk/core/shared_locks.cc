#include "sdk/core/shared_locks.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "umsdk/waiting.h"

namespace umsdk {
namespace {

constexpr std::chrono::milliseconds kTick(20);

struct NativeLock {
  bool flock = false;
  short type = F_UNLCK;
  pid_t pid = 0;
};

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
    std::string number, kind, advisory, type, object;
    NativeLock lock;
    words >> number >> kind >> advisory >> type >> lock.pid >> object;
    if (object != wanted || (kind != "POSIX" && kind != "FLOCK")) continue;
    lock.flock = kind == "FLOCK";
    lock.type = type == "WRITE" ? F_WRLCK : F_RDLCK;
    locks.push_back(lock);
  }
  return locks;
}

short FlockHeld(ObjectKey key) {
  short held = F_UNLCK;
  for (const NativeLock& lock : NativeLocks(key)) {
    if (lock.flock && held != F_WRLCK) held = lock.type;
  }
  return held;
}

}  // namespace

void SharedLocks::CountLocked() {
  auto count = std::ranges::count_if(owners_, [](const auto& entry) { return entry.second.granted; });
  granted_ = static_cast<size_t>(count) + (flock_ != F_UNLCK ? 1 : 0);
}

bool SharedLocks::AwaitSettled() {
  Waiting* waiting = Waiting::Current();
  while (settling_) {
    if (waiting == nullptr || waiting->Killed()) return false;
    waiting->WillBlock();
    settled_.wait_for(mutex_, kTick);
  }
  return true;
}

ErrnoOrOk SharedLocks::Begin(pid_t process) {
  MutexLock lock(mutex_);
  if (!AwaitSettled()) return Errno(EINTR);
  ++owners_[process].asking;
  return {};
}

void SharedLocks::End(pid_t process, bool granted) {
  MutexLock lock(mutex_);
  Owner& owner = owners_[process];
  --owner.asking;
  owner.granted = owner.granted || granted;
  if (!owner.granted && owner.asking == 0) owners_.erase(process);
  CountLocked();
}

// Those with locks, none of whom gets another one until EndSettling.
std::vector<pid_t> SharedLocks::BeginSettling() {
  std::vector<pid_t> owners;
  MutexLock lock(mutex_);
  if (!AwaitSettled()) return owners;
  for (const auto& [pid, owner] : owners_) {
    if (owner.granted && owner.asking == 0) owners.push_back(pid);
  }
  settling_ = !owners.empty();
  return owners;
}

void SharedLocks::EndSettling(const std::vector<pid_t>& dropped) {
  MutexLock lock(mutex_);
  for (pid_t owner : dropped) owners_.erase(owner);
  settling_ = false;
  settled_.notify_all();
  CountLocked();
}

void SharedLocks::Settle(ObjectKey key, FileSystem& fs, NodeId node, FileHandle handle) {
  if (empty()) return;
  if (std::vector<pid_t> left = BeginSettling(); !left.empty()) {
    for (const NativeLock& native : NativeLocks(key)) {
      if (!native.flock) std::erase(left, native.pid);
    }
    for (pid_t owner : left) fs.DropLocks(node, handle, static_cast<uint64_t>(owner));
    EndSettling(left);
  }
  bool flock = false;
  {
    MutexLock lock(mutex_);
    flock = flock_ != F_UNLCK;
  }
  if (flock) (void)MatchFlock(key, fs, node, handle, false);
}

void SharedLocks::DropAll(FileSystem& fs, NodeId node, FileHandle handle) {
  if (empty()) return;
  std::vector<pid_t> all = BeginSettling();
  for (pid_t owner : all) fs.DropLocks(node, handle, static_cast<uint64_t>(owner));
  if (!all.empty()) EndSettling(all);
  MutexLock lock(mutex_);
  flock_ = F_UNLCK;  // the file system's release of the file ends it
  CountLocked();
}

ErrnoOrOk SharedLocks::MatchFlock(ObjectKey key, FileSystem& fs, NodeId node, FileHandle handle, bool wait) {
  FileLock wanted;
  wanted.type = FlockHeld(key);
  {
    MutexLock lock(mutex_);
    if (flock_ == wanted.type) return {};
  }
  UMSDK_RETURN_IF_ERRNO(fs.SetLock(node, handle, LockKind::kFlock, kFlockOwner, wanted, wait));
  MutexLock lock(mutex_);
  flock_ = wanted.type;
  CountLocked();
  return {};
}

}  // namespace umsdk
