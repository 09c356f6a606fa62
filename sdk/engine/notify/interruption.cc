#include "sdk/engine/notify/interruption.h"

#include <dirent.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "sdk/engine/notify/thread_status.h"

namespace umsdk {
namespace {

// Calls `stop_at(sibling)` for each other thread of the process until it answers true.
template <typename Predicate>
bool AnySibling(pid_t tid, const ThreadStatus& self, Predicate stop_at) {
  if (self.threads <= 1) return false;
  const std::string path = "/proc/" + std::to_string(self.process) + "/task";
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(opendir(path.c_str()), closedir);
  if (tasks == nullptr) return false;
  while (const dirent* entry = readdir(tasks.get())) {
    const pid_t sibling = std::atoi(entry->d_name);
    if (sibling <= 0 || sibling == tid) continue;
    const std::optional<ThreadStatus> status = ReadThreadStatus(sibling);
    if (status && stop_at(*status)) return true;
  }
  return false;
}

// A signal for the process interrupts one thread: the leader if it takes it at all, else some other
// that does. Whether it is this one is certain only when there is no choice.
bool IsOurs(pid_t tid, const ThreadStatus& self, uint64_t signals) {
  if (tid == self.process) return true;
  return !AnySibling(tid, self, [signals](const ThreadStatus& sibling) {
    return sibling.state != 'Z' && (signals & ~sibling.blocked) != 0;
  });
}

}  // namespace

void Interruption::Begin() {
  if (begun_) return;
  const std::optional<ThreadStatus> status = ReadThreadStatus(tid_);
  tracer_ = status ? status->tracer : 0;
  begun_ = true;
}

bool Interruption::Pending() {
  Begin();
  const std::optional<ThreadStatus> status = ReadThreadStatus(tid_);
  if (!status) return true;
  // The kernel drops signals that the guest ignores, unless a tracer wants to see them.
  const uint64_t deaf = status->blocked | (status->tracer == 0 ? status->ignored : 0);
  if ((status->pending_for_thread & ~deaf) != 0) return true;
  const uint64_t shared = status->pending_for_process & ~deaf;
  if (shared != 0 && IsOurs(tid_, *status, shared)) return true;
  // A tracer seizes first and interrupts then; no bit shows the latter. All known ones do it at
  // once, so at the second look it has happened.
  if (status->tracer != 0 && status->tracer != tracer_) {
    if (tracer_is_new_) return true;
    tracer_is_new_ = true;
  }
  // The whole process is being stopped: every thread of it was told.
  return AnySibling(tid_, *status,
                    [](const ThreadStatus& sibling) { return sibling.state == 'T'; });
}

}  // namespace umsdk
