#include "sdk/core/identities.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>
#include <cstring>
#include <utility>

namespace umsdk {
namespace {

constexpr size_t kMostKnown = 4096;  // threads; then it starts over

}  // namespace

bool Identities::Look(pid_t tid, Mark& mark) {
  char path[32] = "/proc/";
  *std::to_chars(path + std::strlen(path), path + sizeof(path) - 1, tid).ptr = '\0';
  struct statx st;
  constexpr unsigned kWanted = STATX_INO | STATX_UID | STATX_GID;
  if (::statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, kWanted, &st) != 0) return false;
  mark = {st.stx_ino, st.stx_uid, st.stx_gid};
  return true;
}

std::shared_ptr<const GuestStatus> Identities::Recall(pid_t tid, const Mark& mark) {
  MutexLock lock(mutex_);
  auto it = known_.find(tid);
  return it != known_.end() && it->second.mark == mark ? it->second.status : nullptr;
}

void Identities::Keep(pid_t tid, const Mark& mark, std::shared_ptr<const GuestStatus> status) {
  MutexLock lock(mutex_);
  if (shifting_.contains(status->tgid)) return;
  if (known_.size() >= kMostKnown) known_.clear();
  known_[tid] = {mark, std::move(status)};
}

std::shared_ptr<const GuestStatus> Identities::Of(pid_t tid) {
  Mark mark;
  const bool seen = Look(tid, mark);
  if (seen) {
    if (std::shared_ptr<const GuestStatus> status = Recall(tid, mark)) return status;
  }
  std::optional<GuestStatus> read = ReadGuestStatus(tid);
  auto status = std::make_shared<GuestStatus>(read.value_or(GuestStatus{}));
  status->caller.umask = 0;
  status->tracer = status->parent = 0;
  if (seen && read.has_value()) Keep(tid, mark, status);
  return status;
}

void Identities::WillChange(pid_t tid, bool differs) {
  if (differs) differ_ = true;
  MutexLock lock(mutex_);
  known_.erase(tid);
}

void Identities::WillExec(pid_t tid) {
  const pid_t process = Of(tid)->tgid;
  MutexLock lock(mutex_);
  known_.erase(tid);
  if (process == tid) return;
  known_.erase(process);
  if (shifting_.size() >= kMostKnown) shifting_.clear();
  shifting_.insert(process);
}

}  // namespace umsdk
