// DaemonEnds: one thread that looks after all daemons whose file systems are gone.
#ifndef SERVICES_UMFUSE_DAEMON_ENDS_H_
#define SERVICES_UMFUSE_DAEMON_ENDS_H_

#include <memory>
#include <thread>
#include <vector>

#include "sdk/base/mutex.h"
#include "services/umfuse/daemon_end.h"

namespace umsdk::umfuse {

// Thread-safe. The thread starts with the first one. The destructor waits for all of them.
class DaemonEnds {
 public:
  DaemonEnds() = default;
  ~DaemonEnds();
  DaemonEnds(const DaemonEnds&) = delete;
  DaemonEnds& operator=(const DaemonEnds&) = delete;

  void Begin(std::shared_ptr<DaemonEnd> end);

 private:
  void Run();

  Mutex mutex_;
  CondVar wake_;
  bool stop_ UMSDK_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<DaemonEnd>> ends_ UMSDK_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_DAEMON_ENDS_H_
