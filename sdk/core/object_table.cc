#include "sdk/core/object_table.h"

#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <string>

#include "sdk/base/all_signals_blocked.h"
#include "sdk/core/virtual_dir.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {
namespace {

bool IsStream(OpenObject& object) { return object.trapped_io() != nullptr && object.node(); }

}  // namespace

ObjectTable::ObjectTable()
    : inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  AllSignalsBlocked blocked;
  janitor_ = std::thread([this] { RunJanitor(); });
}

ObjectTable::~ObjectTable() {
  stop_ = true;
  WakeJanitor();
  janitor_.join();
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
  const bool dir = object->dir() != nullptr;
  auto old = objects_.find(key);
  if (old != objects_.end() && old->second.object->dir() != nullptr) --dirs_;
  if (old != objects_.end() && IsStream(*old->second.object)) --streams_;
  if (dir) ++dirs_;
  if (IsStream(*object)) ++streams_;
  bool added = objects_.insert_or_assign(key, Slot{std::move(object), watch}).second;
  if (added && count_++ == 0) WakeJanitor();  // it slept without a limit
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
  retry_.Remove(key);
  if (slot.object->dir() != nullptr) --dirs_;
  if (IsStream(*slot.object)) --streams_;
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

bool ObjectTable::HoldsObjectOf(const Service& service) const {
  for (const std::shared_ptr<OpenObject>& object : All()) {
    const std::shared_ptr<Mount>& mount = object->mount();
    if (mount && mount->service.get() == &service && mount->in_use > 0) return true;
  }
  return false;
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
  if (!RemoveIfIdle(key)) LookAt(key);
}

bool ObjectTable::DropNewestUnmounted() {
  std::vector<std::pair<ObjectKey, std::shared_ptr<OpenObject>>> newest;
  {
    MutexLock lock(mutex_);
    for (const auto& [key, slot] : objects_) {
      const std::shared_ptr<Mount>& mount = slot.object->mount();
      if (!mount || mount->tables > 0) continue;
      if (!newest.empty() && newest[0].second->mount()->epoch > mount->epoch) continue;
      if (!newest.empty() && newest[0].second->mount() != mount) newest.clear();
      newest.emplace_back(key, slot.object);
    }
  }
  for (const auto& [key, object] : newest) Remove(key);
  return !newest.empty();
}

void ObjectTable::DropClosedNatives() {
  std::vector<std::pair<ObjectKey, std::shared_ptr<OpenObject>>> natives;
  {
    MutexLock lock(mutex_);
    for (const auto& [key, slot] : objects_) {
      if (slot.object->stale() || slot.object->native()) natives.emplace_back(key, slot.object);
    }
  }
  for (const auto& [key, object] : natives) {
    if (object->Reap()) Remove(key);
  }
}

std::vector<ObjectKey> ObjectTable::FileKeys(const Mount* mount) const {
  std::vector<ObjectKey> keys;
  MutexLock lock(mutex_);
  for (const auto& [key, slot] : objects_) {
    bool wanted = mount == nullptr || slot.object->mount().get() == mount;
    if (wanted && slot.object->file() != nullptr) keys.push_back(key);
  }
  return keys;
}

void ObjectTable::DropIdle(const Mount* mount) {
  for (ObjectKey key : FileKeys(mount)) {
    std::shared_ptr<OpenObject> object = Find(key);
    if (!object) continue;
    object->Reap();
    // A watch of inotify is on the memfd.
    if (mount == nullptr && object->file()->watched()) continue;
    object.reset();
    RemoveIfIdle(key);
  }
}

void ObjectTable::WriteBackAll(bool wait) {
  for (const std::shared_ptr<OpenObject>& object : All()) {
    VirtualFile* file = object->file();
    if (file == nullptr) continue;
    if (wait) {
      (void)file->WriteBack();
    } else {
      file->TryWriteBack();
    }
  }
}

}  // namespace umsdk
