#include "sdk/core/ready_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace umsdk {
namespace {

constexpr int kSlots = 2;
constexpr int kPipeSize = kSlots * 4096;

// As select(2) takes them.
bool CanRead(unsigned events) { return (events & (POLLIN | POLLRDNORM | POLLHUP | POLLERR)) != 0; }
bool CanWrite(unsigned events) { return (events & (POLLOUT | POLLWRNORM | POLLERR)) != 0; }

int FillOf(int mode, unsigned events) {
  if (mode == O_RDONLY) return CanRead(events) ? 1 : 0;
  if (mode == O_WRONLY) return CanWrite(events) ? 0 : kSlots;
  if (!CanRead(events)) return 0;
  return CanWrite(events) ? 1 : kSlots;
}

}  // namespace

// O_DIRECT: what is written fills a slot of its own, and goes with one read.
ErrnoOrOk ReadyPipe::Make() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK | O_DIRECT) != 0) return Errno(ENFILE);
  reader_.Reset(ends[0]);
  writer_.Reset(ends[1]);
  // Users who have used up their share get pipes of that size anyway.
  if (::fcntl(ends[1], F_SETPIPE_SZ, kPipeSize) < 0 && ::fcntl(ends[1], F_GETPIPE_SZ) != kPipeSize)
    return Errno(ENFILE);
  struct stat st;
  if (::fstat(ends[0], &st) != 0) return Errno(ENFILE);
  key_ = {st.st_dev, st.st_ino};
  return {};
}

ErrnoOr<UniqueFd> ReadyPipe::Open(int flags) {
  mode_ = flags & O_ACCMODE;
  const std::string self = "/proc/self/fd/" + std::to_string(reader_.get());
  constexpr int kKept = O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC | O_DSYNC;
  UniqueFd fd(::open(self.c_str(), (flags & kKept) | O_CLOEXEC));
  if (!fd.valid()) return Errno(ENFILE);
  Show(POLLIN | POLLOUT, false);
  return fd;
}

void ReadyPipe::Fill(int count) {
  char byte = 0;
  for (; filled_ < count; ++filled_) {
    if (::write(writer_.get(), &byte, 1) != 1) return;
  }
  for (; filled_ > count; --filled_) {
    if (::read(reader_.get(), &byte, 1) != 1) return;
  }
}

// Whoever waits for an edge (EPOLLET) is woken by news, though the state is the same. What the pipe
// shows meanwhile is too much rather than too little, if it can be.
void ReadyPipe::Show(unsigned events, bool news) {
  MutexLock lock(mutex_);
  const int count = FillOf(mode_, events);
  if (news && filled_ == count && count > 0) Fill(count < kSlots ? count + 1 : count - 1);
  Fill(count);
}

}  // namespace umsdk
