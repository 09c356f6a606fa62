#include "sdk/core/sub_views.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include "sdk/base/all_signals_blocked.h"
#include "sdk/core/guest_info.h"
#include "sdk/core/process_stat.h"

namespace umsdk {
namespace {

constexpr size_t kMaxKnown = 4096;  // before those that are gone are looked for

UniqueFd OpenProcess(pid_t process) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

}  // namespace

SubViews::~SubViews() { Stop(); }

bool SubViews::Recall(pid_t tid, std::shared_ptr<Layer>& layer) {
  uint64_t inode = ProcInode(tid);
  MutexLock lock(mutex_);
  auto it = known_.find(tid);
  if (it == known_.end() || inode == 0) return false;
  if (it->second.inode != inode) {
    // The kernel may have made the inode anew.
    std::optional<ProcessStat> stat = ReadProcessStat(tid);
    if (!stat.has_value() || stat->started != it->second.started) {
      known_.erase(it);
      return false;
    }
    it->second.inode = inode;
  }
  layer = it->second.layer;
  return true;
}

std::shared_ptr<Layer> SubViews::LayerOf(pid_t tid) {
  if (!used_.load(std::memory_order_acquire)) return nullptr;
  std::shared_ptr<Layer> layer;
  if (Recall(tid, layer)) return layer;
  layer = Search(tid);
  uint64_t inode = ProcInode(tid);
  std::optional<ProcessStat> stat = ReadProcessStat(tid);
  if (!stat.has_value()) return layer;
  MutexLock lock(mutex_);
  if (known_.size() >= kMaxKnown) Prune();
  known_[tid] = {inode, stat->started, layer};
  return layer;
}

// Up the chain of parents, to the first that has entered a sub-view or is known.
std::shared_ptr<Layer> SubViews::Search(pid_t tid) {
  constexpr int kMaxDepth = 10000, kMaxTries = 100;
  std::optional<GuestStatus> status = ReadGuestStatus(tid);
  pid_t process = status.has_value() ? status->tgid : tid;
  const pid_t first = process;
  for (int depth = 0, tries = 0; depth < kMaxDepth && process > 1 && process != ::getpid();
       ++depth) {
    std::optional<ProcessStat> stat = ReadProcessStat(process);
    if (!stat.has_value()) {
      // It ended meanwhile, and its children have another parent.
      if (process == first || ++tries > kMaxTries) return nullptr;
      process = first;
      continue;
    }
    {
      MutexLock lock(mutex_);
      auto root = roots_.find(process);
      if (root != roots_.end() && root->second.started == stat->started) return root->second.layer;
    }
    std::shared_ptr<Layer> layer;
    if (process != tid && Recall(process, layer)) return layer;
    process = stat->parent;
  }
  return nullptr;
}

ErrnoOrOk SubViews::Enter(pid_t process, std::shared_ptr<Layer> layer, const Layer* outer) {
  Root root;
  root.pidfd = OpenProcess(process);
  std::optional<ProcessStat> stat = ReadProcessStat(process);
  if (!root.pidfd.valid() || !stat.has_value()) return Errno(ESRCH);
  root.started = stat->started;
  root.layer = std::move(layer);
  root.outer = outer;
  MutexLock lock(mutex_);
  if (stop_ || roots_.contains(process)) return Errno(EBUSY);
  if (!wake_.valid()) wake_.Reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_.valid()) return Errno(ENFILE);
  if (!watcher_.joinable()) {
    AllSignalsBlocked blocked;
    try {
      watcher_ = std::thread([this] { Watch(); });
    } catch (const std::system_error&) {  // guests may have used up what their user may have
      return Errno(EAGAIN);
    }
  }
  roots_[process] = std::move(root);
  known_.clear();  // the process itself and what it has started
  used_ = true;
  (void)::eventfd_write(wake_.get(), 1);
  return {};
}

void SubViews::Forget(const Layer* layer) {
  std::erase_if(known_, [&](const auto& entry) { return entry.second.layer.get() == layer; });
}

void SubViews::Prune() {
  std::erase_if(known_, [](const auto& entry) {
    std::optional<ProcessStat> stat = ReadProcessStat(entry.first);
    return !stat.has_value() || stat->started != entry.second.started;
  });
}

std::shared_ptr<Layer> SubViews::Leave(pid_t process) {
  MutexLock lock(mutex_);
  auto it = roots_.find(process);
  if (it == roots_.end()) return nullptr;
  std::shared_ptr<Layer> layer = std::move(it->second.layer);
  roots_.erase(it);
  Forget(layer.get());
  (void)::eventfd_write(wake_.get(), 1);
  return layer;
}

void SubViews::KillMembers(const Layer* layer) {
  std::vector<UniqueFd> killed;
  {
    MutexLock lock(mutex_);
    for (const auto& [process, root] : roots_) {
      if (root.outer == layer)
        ::syscall(SYS_pidfd_send_signal, root.pidfd.get(), SIGKILL, nullptr, 0);
    }
    for (const auto& [tid, known] : known_) {
      if (known.layer.get() != layer) continue;
      UniqueFd pidfd = OpenProcess(tid);  // fails for a thread that does not lead its process
      std::optional<ProcessStat> stat = ReadProcessStat(tid);
      if (!pidfd.valid() || !stat.has_value() || stat->started != known.started) continue;
      ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
      killed.push_back(std::move(pidfd));
    }
  }
  for (const UniqueFd& pidfd : killed) {
    constexpr int kLongest = 2000;  // ms; the dead are buried by their own parents
    pollfd ended{pidfd.get(), POLLIN, 0};
    ::poll(&ended, 1, kLongest);
  }
  MutexLock lock(mutex_);
  Forget(layer);
}

std::vector<std::shared_ptr<Layer>> SubViews::Stop() {
  std::thread watcher;
  std::vector<std::shared_ptr<Layer>> layers;
  {
    MutexLock lock(mutex_);
    stop_ = true;
    watcher = std::move(watcher_);
    for (auto& [process, root] : roots_) layers.push_back(std::move(root.layer));
    roots_.clear();
    known_.clear();
  }
  if (wake_.valid()) (void)::eventfd_write(wake_.get(), 1);
  if (watcher.joinable()) watcher.join();
  return layers;
}

// Waits for the end of processes that entered.
void SubViews::Watch() {
  while (!stop_) {
    std::vector<pollfd> fds = {{wake_.get(), POLLIN, 0}};
    std::vector<pid_t> processes = {0};
    {
      MutexLock lock(mutex_);
      for (const auto& [process, root] : roots_) {
        fds.push_back({root.pidfd.get(), POLLIN, 0});
        processes.push_back(process);
      }
    }
    if (::poll(fds.data(), fds.size(), -1) < 0) continue;
    eventfd_t count;
    if (fds[0].revents != 0) {
      (void)::eventfd_read(wake_.get(), &count);
      continue;  // some of the descriptors may be others now
    }
    for (size_t i = 1; i < fds.size(); ++i) {
      if (fds[i].revents == 0) continue;
      std::shared_ptr<Layer> layer;
      {
        MutexLock lock(mutex_);
        auto it = roots_.find(processes[i]);
        if (it == roots_.end()) continue;
        layer = std::move(it->second.layer);
        roots_.erase(it);
      }
      ended_(layer);
    }
  }
}

}  // namespace umsdk
