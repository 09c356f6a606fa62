#include "sdk/core/shared_locks.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>

#include "umsdk/waiting.h"

namespace umsdk {
namespace {

constexpr std::chrono::milliseconds kTick(20);

short FlockHeld(ObjectKey key) {
  short held = F_UNLCK;
  for (const NativeLock& native : NativeLocks(key)) {
    if (native.kind == NativeLock::Kind::kFlock && held != F_WRLCK) held = native.lock.type;
  }
  return held;
}

LockSteps DescriptionsHeld(ObjectKey key) {
  std::vector<FileLock> held;
  for (const NativeLock& native : NativeLocks(key)) {
    if (native.kind == NativeLock::Kind::kDescription) held.push_back(native.lock);
  }
  return Together(held);
}

bool AnyHeld(const LockSteps& steps) {
  return std::ranges::any_of(steps, [](const auto& step) { return step.second != F_UNLCK; });
}

}  // namespace

void SharedLocks::CountLocked() {
  auto count = std::ranges::count_if(owners_, [](const auto& entry) { return entry.second.granted; });
  granted_ = static_cast<size_t>(count) + (flock_ != F_UNLCK ? 1 : 0) + (AnyHeld(descriptions_) ? 1 : 0);
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
      if (native.kind == NativeLock::Kind::kPosix) std::erase(left, native.lock.pid);
    }
    for (pid_t owner : left) fs.DropLocks(node, handle, static_cast<uint64_t>(owner));
    EndSettling(left);
  }
  bool flock = false, descriptions = false;
  {
    MutexLock lock(mutex_);
    flock = flock_ != F_UNLCK;
    descriptions = AnyHeld(descriptions_);
  }
  if (flock) (void)MatchFlock(key, fs, node, handle, false);
  if (descriptions) GiveBackDescriptions(key, fs, node, handle);
}

void SharedLocks::DropAll(FileSystem& fs, NodeId node, FileHandle handle) {
  if (empty()) return;
  std::vector<pid_t> all = BeginSettling();
  for (pid_t owner : all) fs.DropLocks(node, handle, static_cast<uint64_t>(owner));
  if (!all.empty()) EndSettling(all);
  bool descriptions = false;
  {
    MutexLock lock(mutex_);
    flock_ = F_UNLCK;  // the file system's release of the file ends it
    descriptions = AnyHeld(descriptions_);
    descriptions_.clear();
    CountLocked();
  }
  if (descriptions) fs.DropLocks(node, handle, kDescriptionsOwner);
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

// One at a time, and nobody gets one meanwhile: what is given back must not be what another guest has
// just got.
void SharedLocks::GiveBackDescriptions(ObjectKey key, FileSystem& fs, NodeId node, FileHandle handle) {
  std::vector<FileLock> gone;
  {
    MutexLock lock(mutex_);
    if (!AwaitSettled()) return;
    for (const FileLock& part : Differences(descriptions_, DescriptionsHeld(key))) {
      if (part.type == F_UNLCK) gone.push_back(part);
    }
    for (const FileLock& part : gone) SetRange(descriptions_, part);
    settling_ = !gone.empty();
    CountLocked();
  }
  for (const FileLock& part : gone) {
    (void)fs.SetLock(node, handle, LockKind::kPosix, kDescriptionsOwner, part, false);
  }
  if (!gone.empty()) EndSettling({});
}

ErrnoOrOk SharedLocks::MatchDescriptions(ObjectKey key, FileSystem& fs, NodeId node, FileHandle handle,
                                         pid_t process, bool wait) {
  GiveBackDescriptions(key, fs, node, handle);
  std::vector<FileLock> wanted;
  {
    MutexLock lock(mutex_);
    if (!AwaitSettled()) return Errno(EINTR);
    wanted = Differences(descriptions_, DescriptionsHeld(key));
  }
  for (FileLock& part : wanted) {
    if (part.type == F_UNLCK) continue;  // closed since
    part.pid = process;
    UMSDK_RETURN_IF_ERRNO(fs.SetLock(node, handle, LockKind::kPosix, kDescriptionsOwner, part, wait));
    MutexLock lock(mutex_);
    SetRange(descriptions_, part);
    CountLocked();
  }
  return {};
}

}  // namespace umsdk
