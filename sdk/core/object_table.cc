#include "sdk/core/object_table.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <string>

#include "sdk/core/virtual_dir.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {
namespace {

constexpr size_t kMaxIdle = 256;           // closed files that stay in memory
constexpr int kWriteBackPeriodMs = 5000;   // for stores through mappings

}  // namespace

ObjectTable::ObjectTable()
    : inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)), wake_(::eventfd(0, EFD_CLOEXEC)) {
  // The host's signals are never delivered to a thread of ours.
  sigset_t all, old;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &old);
  janitor_ = std::thread([this] { RunJanitor(); });
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

ObjectTable::~ObjectTable() {
  stop_ = true;
  uint64_t one = 1;
  if (::write(wake_.get(), &one, sizeof(one)) > 0) janitor_.join();
}

std::shared_ptr<OpenObject> ObjectTable::Find(ObjectKey key) const {
  MutexLock lock(mutex_);
  auto it = objects_.find(key);
  return it == objects_.end() ? nullptr : it->second.object;
}

void ObjectTable::Add(ObjectKey key, std::shared_ptr<OpenObject> object, int fd) {
  std::string path = "/proc/self/fd/" + std::to_string(fd);
  int watch = ::inotify_add_watch(inotify_.get(), path.c_str(), IN_CLOSE);
  MutexLock lock(mutex_);
  if (watch >= 0) watches_[watch] = key;
  if (objects_.insert_or_assign(key, Slot{std::move(object), watch}).second) ++count_;
}

std::shared_ptr<VirtualFile> ObjectTable::AddFile(std::shared_ptr<VirtualFile> file) {
  {
    MutexLock lock(mutex_);
    std::weak_ptr<VirtualFile>& slot = files_[{file->mount().get(), file->node()->id()}];
    if (std::shared_ptr<VirtualFile> first = slot.lock()) return first;
    slot = file;
  }
  Add(file->key(), file, file->memfd());
  return file;
}

void ObjectTable::Forget(ObjectKey key, const Slot& slot) {
  if (slot.watch >= 0) {
    watches_.erase(slot.watch);
    ::inotify_rm_watch(inotify_.get(), slot.watch);
  }
  if (slot.object->file() != nullptr && slot.object->node()) {
    files_.erase({slot.object->mount().get(), slot.object->node()->id()});
  }
  idle_.remove(key);
  --count_;
}

void ObjectTable::Remove(ObjectKey key) {
  std::shared_ptr<OpenObject> keep;  // destroyed after the lock is gone
  MutexLock lock(mutex_);
  auto it = objects_.find(key);
  if (it == objects_.end()) return;
  keep = it->second.object;
  Forget(key, it->second);
  objects_.erase(it);
}

// Only the table holds it, so nobody can be opening it now: opens come through FileOf.
bool ObjectTable::RemoveIfIdle(ObjectKey key) {
  std::shared_ptr<OpenObject> keep;
  MutexLock lock(mutex_);
  auto it = objects_.find(key);
  if (it == objects_.end() || it->second.object.use_count() > 1) return false;
  VirtualFile* file = it->second.object->file();
  if (file != nullptr && !file->idle()) return false;
  keep = it->second.object;
  Forget(key, it->second);
  objects_.erase(it);
  return true;
}

std::shared_ptr<VirtualFile> ObjectTable::FileOf(const Mount* mount, NodeId node) const {
  MutexLock lock(mutex_);
  auto it = files_.find({mount, node});
  return it == files_.end() ? nullptr : it->second.lock();
}

std::vector<std::shared_ptr<OpenObject>> ObjectTable::All() const {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<OpenObject>> all;
  for (const auto& [key, slot] : objects_) all.push_back(slot.object);
  return all;
}

void ObjectTable::AddWatchedDir(std::shared_ptr<VirtualDir> dir) {
  dir->Pin();  // closes of what is in it are events of its own
  ++watched_dirs_;
  Add(dir->key(), dir, dir->placeholder());
}

std::shared_ptr<VirtualDir> ObjectTable::WatchedDirAt(const std::string& path) const {
  if (watched_dirs_ == 0) return nullptr;
  for (const std::shared_ptr<OpenObject>& object : All()) {
    VirtualDir* dir = object->dir();
    if (dir != nullptr && dir->mirrors() && dir->path() == path) return {object, dir};
  }
  return nullptr;
}

void ObjectTable::DropRemoved(const Mount* mount, NodeId node) {
  std::shared_ptr<VirtualFile> file = FileOf(mount, node);
  if (!file) return;
  ObjectKey key = file->key();
  file->Reap();
  file.reset();
  RemoveIfIdle(key);
}

// The watch on a directory tells of files in it that were closed.
void ObjectTable::ShowCloseWrite(const OpenObject& object) {
  if (watched_dirs_ == 0) return;
  std::string path = object.path();
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return;
  if (auto dir = WatchedDirAt(path.substr(0, slash))) dir->MirrorCloseWrite(path.substr(slash + 1));
}

void ObjectTable::DropIdle(const Mount* mount) {
  std::vector<ObjectKey> keys;
  {
    MutexLock lock(mutex_);
    for (const auto& [key, slot] : objects_) {
      if (slot.object->mount().get() == mount && slot.object->file() != nullptr) keys.push_back(key);
    }
  }
  for (ObjectKey key : keys) {
    if (std::shared_ptr<OpenObject> object = Find(key)) object->Reap();
    RemoveIfIdle(key);
  }
}

void ObjectTable::WriteBackAll() {
  for (const std::shared_ptr<OpenObject>& object : All()) {
    if (VirtualFile* file = object->file()) (void)file->WriteBack();
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
  bool is_file = object->file() != nullptr && object->node();
  if (is_file && written) ShowCloseWrite(*object);
  bool gone = object->Reap();
  object.reset();
  if (!gone) return;
  if (!is_file) return Remove(key);
  ObjectKey oldest = key;
  {
    MutexLock lock(mutex_);
    auto it = objects_.find(key);
    // A watch of inotify is on the memfd, which so must stay.
    if (it == objects_.end() || it->second.object->file()->watched()) return;
    idle_.remove(key);
    idle_.push_front(key);
    if (idle_.size() <= kMaxIdle) return;
    oldest = idle_.back();
    idle_.pop_back();
  }
  RemoveIfIdle(oldest);
}

void ObjectTable::DrainEvents() {
  MutexLock lock(drain_mutex_);
  alignas(inotify_event) char buffer[16384];
  ssize_t size;
  while ((size = ::read(inotify_.get(), buffer, sizeof(buffer))) > 0) {
    for (ssize_t at = 0; at < size;) {
      auto* event = reinterpret_cast<inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_CLOSE) != 0) Closed(event->wd, (event->mask & IN_CLOSE_WRITE) != 0);
    }
  }
}

void ObjectTable::RunJanitor() {
  while (!stop_) {
    pollfd fds[2] = {{inotify_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    int ready = ::poll(fds, 2, empty() ? -1 : kWriteBackPeriodMs);
    if (ready > 0) Settle();
    if (ready == 0) WriteBackAll();
  }
}

}  // namespace umsdk
