#include "sdk/engine/notify/receiver_pool.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "sdk/engine/notify/signal_free_thread.h"

namespace umsdk {
namespace {

constexpr int kMaxWorkers = 512;
constexpr int kKeptIdle = 3;
constexpr std::chrono::seconds kIdleTime(10);
constexpr std::chrono::seconds kAbandonedWait(2);
constexpr std::chrono::milliseconds kQuietTime(1000);  // before a pool parks

}  // namespace

ReceiverPool::ReceiverPool(UniqueFd listener, std::shared_ptr<Warden> warden, CallHandler& handler,
                           bool parks)
    : listener_(std::move(listener)),
      handler_(handler),
      parks_(parks),
      guests_(warden->pid()),
      errands_(std::move(warden)) {}

ReceiverPool::~ReceiverPool() = default;

absl::Status ReceiverPool::Start() {
  if (absl::Status status = listener_.Check(); !status.ok()) return status;
  MutexLock lock(mutex_);
  if (Spawn()) return absl::OkStatus();
  return absl::ResourceExhaustedError("no thread for receiving system calls; see ulimit -u");
}

bool ReceiverPool::Spawn() {
  JoinFinished();
  if (stopped_ || live_ >= kMaxWorkers) return false;
  auto worker = std::make_unique<Worker>(*this);
  worker->keep_alive = shared_from_this();
  if (StartSignalFreeThread(&worker->thread, "um-receiver", ThreadMain, worker.get()) != 0) {
    return false;
  }
  ++live_;
  workers_.push_back(std::move(worker));
  return true;
}

// They are past their last use of the mutex but one, so this does not wait for long.
void ReceiverPool::JoinFinished() {
  const auto finished = std::partition(workers_.begin(), workers_.end(),
                                       [](const auto& worker) { return !worker->finished; });
  for (auto worker = finished; worker != workers_.end(); ++worker) {
    pthread_join((*worker)->thread, nullptr);
  }
  workers_.erase(finished, workers_.end());
}

void* ReceiverPool::ThreadMain(void* argument) {
  auto* worker = static_cast<Worker*>(argument);
  // The pool may go with this reference, and the worker with the pool.
  const std::shared_ptr<ReceiverPool> pool = std::move(worker->keep_alive);
  pool->Run(*worker);
  return nullptr;
}

void ReceiverPool::Run(Worker& worker) {
  while (BecomeLeader(worker)) Lead(worker);
}

// Waits for the leadership. False: this thread is to end.
bool ReceiverPool::BecomeLeader(Worker& worker) {
  MutexLock lock(mutex_);
  ++idle_;
  bool surplus = false;
  while (leader_ != nullptr && !ended_ && !parked_ && !surplus) {
    const auto woken = changed_.wait_for(mutex_, kIdleTime);
    surplus = woken == std::cv_status::timeout && idle_ > kKeptIdle;
  }
  --idle_;
  if (leader_ == nullptr && !ended_ && !parked_) {
    leader_ = &worker;
    worker.role.store(Role::kReceiving);
    return true;
  }
  worker.finished = true;
  --live_;
  changed_.notify_all();  // Stop waits for the last one
  return false;
}

void ReceiverPool::Lead(Worker& worker) {
  NotificationBuffer buffer;
  for (;;) {
    if (parks_ && ParkIfQuiet()) return;
    switch (listener_.Receive(buffer)) {
      case Listener::Outcome::kNothing:
        continue;
      case Listener::Outcome::kEnded:
        return End();
      case Listener::Outcome::kReceived:
        break;
    }
    worker.role.store(Role::kHandling);
    NoteReceived();
    HandleOne(worker, buffer.notification);
    Role expected = Role::kHandling;
    if (!worker.role.compare_exchange_strong(expected, Role::kReceiving)) return;  // relieved
  }
}

// Sequentially consistent with SleepUntilCall: either it sees this call, or we see it sleep.
void ReceiverPool::NoteReceived() {
  calls_.fetch_add(1);
  if (sleeping_.load() && sleeping_.exchange(false)) WakeWatchdog();
}

void ReceiverPool::WakeWatchdog() const {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_->get(), &one, sizeof(one));
}

bool ReceiverPool::ParkIfQuiet() {
  return !listener_.AwaitCall(kQuietTime) && !abandoned_.load() && Park();
}

// Not while a handler is at work: what it waits for may be a thread of this pool.
bool ReceiverPool::Park() {
  {
    MutexLock lock(mutex_);
    if (live_ > idle_ + 1 || ended_) return false;
    leader_ = nullptr;
    parked_ = true;
    changed_.notify_all();
  }
  WakeWatchdog();
  return true;
}

bool ReceiverPool::Unpark() {
  MutexLock lock(mutex_);
  if (!parked_ || stopped_) return true;
  parked_ = false;
  if (Spawn()) return true;
  parked_ = true;
  return false;
}

void ReceiverPool::HandleOne(Worker& worker, const seccomp_notif& notification) {
  const auto tid = static_cast<pid_t>(notification.pid);
  if (abandoned_.load(std::memory_order_relaxed)) {
    if (listener_.IsValid(notification.id)) syscall(SYS_tkill, tid, SIGKILL);
    return;
  }
  guests_.Add(tid);
  if (errands_.IsRunning(tid)) {
    listener_.Continue(notification.id);
    return;
  }
  if (returning_.Deliver(notification)) return;
  NotifyCall call(notification, reach_, worker);
  call.Answer(handler_.Handle(call));
}

// Gives the leadership to another thread, if the worker has it. False: nobody receives now.
bool ReceiverPool::Relieve(Worker& worker) {
  Role expected = Role::kHandling;
  const bool was_leader = worker.role.compare_exchange_strong(expected, Role::kRelieved);
  {
    MutexLock lock(mutex_);
    if (was_leader) leader_ = nullptr;
    if (leader_ != nullptr) return true;
    // With no thread left, the first handler that returns takes over.
    if (idle_ == 0) return ended_ || Spawn();
  }
  changed_.notify_one();  // with the mutex free: the first thing that it wants
  return true;
}

ReceiverPool::Activity ReceiverPool::Look() {
  MutexLock lock(mutex_);
  const bool handling = leader_ != nullptr && leader_->role.load() == Role::kHandling;
  return {calls_.load(), handling, parked_};
}

void ReceiverPool::RelieveIfAwaited() {
  if (!listener_.HasWaiting()) return;
  Worker* leader;
  {
    MutexLock lock(mutex_);
    leader = leader_;
  }
  if (leader != nullptr) Relieve(*leader);
}

bool ReceiverPool::SleepUntilCall(uint64_t calls_seen) {
  sleeping_.store(true);
  if (calls_.load() == calls_seen) return true;
  sleeping_.store(false);
  return false;
}

void ReceiverPool::End() {
  MutexLock lock(mutex_);
  ended_ = true;
  leader_ = nullptr;
  changed_.notify_all();
}

void ReceiverPool::Abandon() {
  abandoned_.store(true);
  guests_.KillAll();
  (void)Unpark();  // for those that are not known
}

void ReceiverPool::Stop() {
  std::vector<std::unique_ptr<Worker>> workers;
  bool all_ended;
  {
    MutexLock lock(mutex_);
    const auto deadline = std::chrono::steady_clock::now() + kAbandonedWait;
    while (live_ > 0) {
      if (!abandoned_.load()) {
        changed_.wait(mutex_);
      } else if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) {
        break;
      }
    }
    stopped_ = true;
    all_ended = live_ == 0;
    if (all_ended) workers.swap(workers_);
    for (const auto& worker : workers_) pthread_detach(worker->thread);
  }
  for (const auto& worker : workers) pthread_join(worker->thread, nullptr);
}

}  // namespace umsdk
