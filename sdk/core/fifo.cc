#include "sdk/core/fifo.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <string>

#include "sdk/core/open_object.h"

namespace umsdk {
namespace {

// The node's fifo: named after mount and node, made at the first open.
std::string FifoName(const Target& target) {
  return "f" + std::to_string(target.mount->dev) + "-" + std::to_string(target.node->id());
}

// How long to wait before asking again whether the other side is there, in ms.
constexpr int kRetryMs = 5;

// tee(2) copies nothing away: 0 bytes say that nobody can write, EAGAIN that somebody could.
bool HasWriter(int fifo) {
  pollfd state{fifo, POLLIN, 0};
  if (::poll(&state, 1, 0) > 0) return true;  // data, or a writer that came and went
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return true;
  UniqueFd out(ends[0]), in(ends[1]);
  return ::tee(fifo, in.get(), 1, SPLICE_F_NONBLOCK) != 0;
}

}  // namespace

ErrnoOr<std::string> FifoPath(Call& call, const Target& target) {
  const std::string name = FifoName(target);
  const int dir = call.view().private_dir();
  // Only the permissions of the virtual node count; the guests hold descriptors, never this name.
  if (::mkfifoat(dir, name.c_str(), 0600) != 0 && errno != EEXIST) return LastErrno();
  return "/proc/self/fd/" + std::to_string(dir) + "/" + name;
}

Verdict OpenFifo(Call& call, const Target& target, int flags) {
  UMSDK_ASSIGN_OR_VERDICT(const std::string path, FifoPath(call, target));
  int access = flags & O_ACCMODE;
  bool waits = (flags & O_NONBLOCK) == 0 && access != O_RDWR;
  UniqueFd fd;
  while (true) {
    fd.Reset(::open(path.c_str(), access | O_NONBLOCK | O_CLOEXEC));
    if (fd.valid() || errno != ENXIO || !waits) break;
    call.trap().WillBlock();
    if (call.trap().Interrupted()) return Verdict::Restart();
    ::poll(nullptr, 0, kRetryMs);
  }
  if (!fd.valid()) return Verdict::Fail(LastErrno());
  while (waits && access == O_RDONLY && !HasWriter(fd.get())) {
    call.trap().WillBlock();
    if (call.trap().Interrupted()) return Verdict::Restart();
    ::poll(nullptr, 0, kRetryMs);
  }
  if ((flags & O_NONBLOCK) == 0) ::fcntl(fd.get(), F_SETFL, 0);
  return call.Install(fd, (flags & O_CLOEXEC) != 0);
}

}  // namespace umsdk
