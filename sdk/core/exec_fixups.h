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

// A "#!" line that names a descriptor, and what stands in the one that the guest wrote.
struct ScriptLine {
  std::string replacement, interpreter;  // the latter is not longer
  // Of a line that became too long: the kernel got `filler`, of the length that it takes.
  std::string filler, argument;
};

// Another path than the guest's: in the new image the kernel has copied `replacement` to its stack
// (AT_EXECFN, a script's argv). Where registers could not be changed, it stands at `address` of the old
// image, too, in place of `original`.
struct ExecFixup {
  pid_t tid = 0;  // the thread that called execve
  uint64_t address = 0;     // 0: nothing was overwritten
  std::string original;     // the bytes that were overwritten
  std::string replacement;  // the path that the kernel sees; empty: it is led there by a symlink
  std::string path;         // the path that the guest meant, not longer than replacement
  bool script = false;
  std::vector<ScriptLine> lines;  // of the script, and of interpreters that are scripts
  std::vector<int> descriptors;   // that the exec closes, or we when it fails
  int inherited = -1;             // a descriptor that is left in the new image
  std::vector<std::string> made;  // in the private directory, to be removed, last first
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
