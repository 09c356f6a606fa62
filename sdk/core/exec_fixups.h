// ExecFixups: what is still to be put right in a new image after an exec whose path we rewrote.
#ifndef SDK_CORE_EXEC_FIXUPS_H_
#define SDK_CORE_EXEC_FIXUPS_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"

namespace umsdk {

// One rewritten string: at `address` of the old image `replacement` stands where `original` was; in the
// new image the kernel has copied `replacement` to its stack (AT_EXECFN, a script's argv).
struct ExecFixup {
  pid_t tid = 0;  // the thread that called execve
  uint64_t address = 0;
  std::string original;     // the bytes that were overwritten
  std::string replacement;  // the path that the kernel sees
  std::string path;         // the path that the guest meant, same length as replacement
  std::string interpreter_replacement, interpreter;  // of a script, same lengths; may be empty
  std::vector<int> descriptors;  // that the exec closes, or we when it fails
  std::string directory, link;  // in the private directory, to be removed; may be empty
  pid_t parent = 0;          // shares the old memory after vfork; 0: nobody
};

// By thread group. Thread-safe.
class ExecFixups {
 public:
  bool empty() const { return count_.load(std::memory_order_acquire) == 0; }
  void Put(pid_t tgid, ExecFixup fixup) {
    MutexLock lock(mutex_);
    if (pending_.insert_or_assign(tgid, std::move(fixup)).second) ++count_;
  }
  std::optional<ExecFixup> Take(pid_t tgid) {
    MutexLock lock(mutex_);
    auto it = pending_.find(tgid);
    if (it == pending_.end()) return std::nullopt;
    std::optional<ExecFixup> fixup = std::move(it->second);
    pending_.erase(it);
    --count_;
    return fixup;
  }

 private:
  std::atomic<int> count_{0};
  Mutex mutex_;
  std::map<pid_t, ExecFixup> pending_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_EXEC_FIXUPS_H_
