// SubViews: which processes see a layer of their own. A process enters a sub-view, and with it all
// that it starts from then on.
//
// Nobody tells us of a fork, so membership is found by the chain of parents. The process that
// enters is a subreaper (PR_SET_CHILD_SUBREAPER), so that orphans of the sub-view keep it above
// them.
#ifndef SDK_CORE_SUB_VIEWS_H_
#define SDK_CORE_SUB_VIEWS_H_

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "sdk/core/layer.h"

namespace umsdk {

// Thread-safe. Costs nothing while nobody has entered; then about a microsecond a call.
class SubViews {
 public:
  // `ended` gets the layer of a sub-view whose process has gone without Leave, from a thread of
  // ours.
  using Ended = std::function<void(const std::shared_ptr<Layer>&)>;
  explicit SubViews(Ended ended) : ended_(std::move(ended)) {}
  ~SubViews();

  // nullptr: the thread is in no sub-view.
  std::shared_ptr<Layer> LayerOf(pid_t tid);
  // The process and its future descendants see `layer`, after `outer`. EBUSY: it has entered one
  // already.
  ErrnoOrOk Enter(pid_t process, std::shared_ptr<Layer> layer, const Layer* outer);
  // The layer that the process entered, which is nobody's now; nullptr: it did not enter any.
  std::shared_ptr<Layer> Leave(pid_t process);
  // SIGKILL to all processes that are known to be in the sub-view, and to those that entered
  // another from it; waits for their end.
  void KillMembers(const Layer* layer);
  // No thread is running any more; the layers that nobody left.
  std::vector<std::shared_ptr<Layer>> Stop();

 private:
  struct Root {
    uint64_t started = 0;
    UniqueFd pidfd;
    std::shared_ptr<Layer> layer;
    const Layer* outer = nullptr;  // an identity only
  };
  // A thread that was looked for.
  struct Known {
    uint64_t inode = 0;    // of /proc/TID: another one may be another thread
    uint64_t started = 0;  // in ticks since boot: and this tells
    std::shared_ptr<Layer> layer;
  };
  // What is known without looking further; false: nothing.
  bool Recall(pid_t tid, std::shared_ptr<Layer>& layer) UMSDK_EXCLUDES(mutex_);
  std::shared_ptr<Layer> Search(pid_t tid);
  void Forget(const Layer* layer) UMSDK_REQUIRES(mutex_);
  void Prune() UMSDK_REQUIRES(mutex_);
  void Watch();

  const Ended ended_;
  std::atomic<bool> used_{false};  // some process has ever entered
  std::atomic<bool> stop_{false};
  UniqueFd wake_;
  Mutex mutex_;
  std::unordered_map<pid_t, Root> roots_ UMSDK_GUARDED_BY(mutex_);
  std::unordered_map<pid_t, Known> known_ UMSDK_GUARDED_BY(mutex_);
  std::thread watcher_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_CORE_SUB_VIEWS_H_
