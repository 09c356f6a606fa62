// ObjectTable: what happens after a guest's close.
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "sdk/core/object_table.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {
namespace {

constexpr size_t kMaxIdle = 256;  // closed files that stay in memory
// Between looks at what no event tells: stores through mappings, closes that went unseen.
constexpr std::chrono::seconds kSweepPeriod(5);

}  // namespace

// The watch on a directory tells of files in it that were closed.
void ObjectTable::ShowCloseWrite(const OpenObject& object) {
  if (watched_dirs_ == 0) return;
  std::string path = object.path();
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return;
  if (auto dir = WatchedDirAt(path.substr(0, slash))) dir->MirrorCloseWrite(path.substr(slash + 1));
}

void ObjectTable::PutAside(ObjectKey key) {
  ObjectKey oldest;
  {
    MutexLock lock(mutex_);
    if (!objects_.contains(key)) return;
    idle_.remove(key);
    idle_.push_front(key);
    if (idle_.size() <= kMaxIdle) return;
    oldest = idle_.back();
    idle_.pop_back();
  }
  RemoveIfIdle(oldest);
}

bool ObjectTable::Ask(ObjectKey key) {
  std::shared_ptr<OpenObject> object = Find(key);
  if (!object) return true;
  VirtualFile* file = object->file();
  if (!object->Reap()) return file == nullptr;
  if (file == nullptr || !object->node()) {
    Remove(key);
    return true;
  }
  // Nobody comes back to what has no name any more, or is on a mount that is gone.
  // The path tells of an unlink that came after Reap had looked.
  bool unlinked = file->unlinked() || file->path().ends_with(" (deleted)") ||
                  (object->mount() && object->mount()->tables == 0);
  bool watched = file->watched();
  object.reset();
  // Not to be removed while another thread looks at it, which may be for a moment only.
  if (unlinked) return RemoveIfIdle(key);
  // A watch of inotify is on the memfd, which so must stay.
  if (!watched) PutAside(key);
  return true;
}

void ObjectTable::AskAgain(const std::vector<ObjectKey>& keys) {
  for (ObjectKey key : keys) {
    if (!Ask(key)) continue;
    MutexLock lock(mutex_);
    retry_.Remove(key);
  }
}

void ObjectTable::Closed(int watch, bool written) {
  ObjectKey key;
  std::shared_ptr<OpenObject> object;
  {
    MutexLock lock(mutex_);
    auto it = watches_.find(watch);
    if (it == watches_.end()) return;
    key = it->second;
    object = objects_[key].object;
  }
  if (written && object->file() != nullptr && object->node()) ShowCloseWrite(*object);
  object.reset();
  if (!Ask(key)) LookAt(key);
}

void ObjectTable::DrainEvents() {
  alignas(inotify_event) char buffer[16384];
  ssize_t size;
  while ((size = ::read(inotify_.get(), buffer, sizeof(buffer))) > 0) {
    for (ssize_t at = 0; at < size;) {
      auto* event = reinterpret_cast<inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_CLOSE) != 0) Closed(event->wd, (event->mask & IN_CLOSE_WRITE) != 0);
      if ((event->mask & IN_Q_OVERFLOW) == 0) continue;
      for (ObjectKey key : FileKeys(nullptr)) LookAt(key);
    }
  }
}

void ObjectTable::Settle() {
  std::vector<ObjectKey> waiting;
  MutexLock lock(drain_mutex_);
  DrainEvents();
  {
    MutexLock table(mutex_);
    waiting = retry_.All();
  }
  AskAgain(waiting);
}

void ObjectTable::LookAt(ObjectKey key) {
  {
    MutexLock lock(mutex_);
    retry_.Add(key, Clock::now());
  }
  WakeJanitor();
}

void ObjectTable::Reclaim() {
  Settle();
  DropIdle(nullptr);
}

// Closes of which no event came, and files that could not be removed when they were asked.
void ObjectTable::SweepFiles() {
  MutexLock lock(drain_mutex_);
  for (ObjectKey key : FileKeys(nullptr)) {
    {
      MutexLock table(mutex_);
      if (std::find(idle_.begin(), idle_.end(), key) != idle_.end()) continue;
    }
    (void)Ask(key);
  }
}

void ObjectTable::WakeJanitor() {
  uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof(one));
}

int ObjectTable::JanitorTimeoutMs(Clock::time_point sweep) const {
  Clock::time_point now = Clock::now();
  MutexLock lock(mutex_);
  int retry = retry_.TimeoutMs(now);
  if (empty()) return retry;
  auto until_sweep = std::chrono::ceil<std::chrono::milliseconds>(sweep - now).count();
  int periodic = static_cast<int>(std::max<decltype(until_sweep)>(until_sweep, 0));
  return retry < 0 ? periodic : std::min(retry, periodic);
}

void ObjectTable::RunJanitor() {
  Clock::time_point sweep = Clock::now() + kSweepPeriod;
  while (!stop_) {
    pollfd fds[2] = {{inotify_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    ::poll(fds, 2, JanitorTimeoutMs(sweep));
    uint64_t ignored;
    (void)!::read(wake_.get(), &ignored, sizeof(ignored));
    {
      MutexLock lock(drain_mutex_);
      DrainEvents();
      std::vector<ObjectKey> due;
      {
        MutexLock table(mutex_);
        due = retry_.TakeDue(Clock::now());
      }
      AskAgain(due);
    }
    if (Clock::now() < sweep) continue;
    WriteBackAll(false);
    SweepFiles();
    sweep = Clock::now() + kSweepPeriod;
  }
}

}  // namespace umsdk
