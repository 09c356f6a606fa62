// The part of FuseFileSystem for poll(2): what the daemon says to POLL is shown by the kernel object
// that stands for the file. It is asked at the open, whenever the daemon says that something has
// happened, and after each call that may have changed it; so nobody has to wait for it in poll(2).
#include <fcntl.h>
#include <poll.h>

#include <utility>

#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

constexpr unsigned kAlways = POLLIN | POLLOUT;
constexpr uint32_t kEvents =
    POLLIN | POLLRDNORM | POLLPRI | POLLOUT | POLLWRNORM | POLLERR | POLLHUP;

unsigned EventsOf(Errno error, std::span<const char> body) {
  fuse_poll_out out;
  if (error == Errno(ENOSYS)) return kAlways;
  return error == Errno(0) && ReadStruct(body, out) ? out.revents : unsigned{POLLERR};
}

}  // namespace

fuse_poll_in FuseFileSystem::PollOf(FileHandle handle, const OpenFile& file) {
  return {file.fh, handle, FUSE_POLL_SCHEDULE_NOTIFY, kEvents};
}

void FuseFileSystem::ShowReadiness(NodeId, FileHandle handle,
                                   std::shared_ptr<Readiness> readiness) {
  {
    MutexLock lock(mutex_);
    auto it = files_.find(handle);
    if (it == files_.end() || it->second.stateless) return;
    it->second.readiness = std::move(readiness);
  }
  AskPoll(handle);
  CountPolled();
}

// A conn that carries news is read without delay.
void FuseFileSystem::CountPolled() {
  bool polled = false;
  {
    MutexLock lock(mutex_);
    for (const auto& [handle, file] : files_) polled = polled || file.readiness;
  }
  conn_->SetEager(polled && !Lacks(FUSE_POLL));
}

void FuseFileSystem::SetStatusFlags(NodeId, FileHandle handle, int flags) {
  constexpr int kChanging = O_NONBLOCK | O_APPEND;
  MutexLock lock(mutex_);
  auto it = files_.find(handle);
  if (it == files_.end()) return;
  it->second.flags = (it->second.flags & ~uint32_t{kChanging}) | (uint32_t(flags) & kChanging);
}

void FuseFileSystem::AskPoll(FileHandle handle) {
  OpenFile file = FileOf(handle);
  if (!file.readiness || Lacks(FUSE_POLL)) return;
  Held held(*this, handle);
  fuse_poll_in in = PollOf(handle, file);
  fuse_poll_out out = {};
  std::span<char> room(reinterpret_cast<char*>(&out), sizeof(out));
  ErrnoOr<size_t> got = Ask(Request(FUSE_POLL, file.node).AddStruct(in), FromWaiting(), room);
  // The guest is killed, but another one may have the file open.
  if (!got.ok() && got.error() == Errno(EINTR)) return PostPoll(handle);
  file.readiness->Show(EventsOf(got.ok() ? Errno(0) : got.error(), room.first(got.ok() ? *got : 0)),
                       false);
  // What is under way may be older than this answer, and come later.
  MutexLock lock(mutex_);
  auto it = files_.find(handle);
  if (it != files_.end() && it->second.poll_posted) it->second.poll_again = true;
}

void FuseFileSystem::PostPoll(FileHandle handle) {
  OpenFile file;
  {
    MutexLock lock(mutex_);
    auto it = files_.find(handle);
    if (it == files_.end() || it->second.released || !it->second.readiness) return;
    if (it->second.poll_posted) {
      it->second.poll_again = true;
      return;
    }
    it->second.poll_posted = true;
    ++it->second.borrowed;
    file = it->second;
  }
  fuse_poll_in in = PollOf(handle, file);
  Request request(FUSE_POLL, file.node);
  if (conn_->Post(request.AddStruct(in).KeepArgument(), Sender(), true) != 0) return;
  {
    MutexLock lock(mutex_);
    if (auto it = files_.find(handle); it != files_.end()) it->second.poll_posted = false;
  }
  GiveBack(handle);
}

void FuseFileSystem::OnLatePoll(std::span<const char> argument, Errno error,
                                std::span<const char> body) {
  fuse_poll_in in;
  if (!ReadStruct(argument, in)) return;  // of one that was awaited
  std::shared_ptr<Readiness> readiness;
  bool again = false;
  {
    MutexLock lock(mutex_);
    auto it = files_.find(in.kh);
    if (it == files_.end()) return;
    readiness = it->second.readiness;
    it->second.poll_posted = false;
    again = std::exchange(it->second.poll_again, false);
  }
  if (readiness) readiness->Show(EventsOf(error, body), true);
  if (again) PostPoll(in.kh);
  GiveBack(in.kh);
}

// Every call on the file gets an error now.
void FuseFileSystem::OnGone() {
  std::vector<std::shared_ptr<Readiness>> all;
  {
    MutexLock lock(mutex_);
    for (const auto& [handle, file] : files_) {
      if (file.readiness) all.push_back(file.readiness);
    }
  }
  for (const std::shared_ptr<Readiness>& readiness : all) readiness->Show(POLLERR, true);
}

}  // namespace umsdk::umfuse
