#include "sdk/core/transfer.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "sdk/core/with_room.h"

namespace umsdk {

namespace {

// What anybody may read, if not as fast as prlimit(2): "Max file size   SOFT   HARD   bytes".
uint64_t ToldFileSizeLimit(Call& call) {
  constexpr std::string_view kName = "Max file size ";
  std::ifstream limits(call.ProcPath("limits"));
  for (std::string line; std::getline(limits, line);) {
    if (!line.starts_with(kName)) continue;
    const std::string soft = line.substr(kName.size());
    char* end = nullptr;
    const uint64_t bytes = std::strtoull(soft.c_str(), &end, 10);
    return end == soft.c_str() ? UINT64_MAX : bytes;  // "unlimited"
  }
  return UINT64_MAX;
}

}  // namespace

uint64_t FileSizeLimit(Call& call) {
  rlimit limit;
  if (::prlimit(call.tid(), RLIMIT_FSIZE, nullptr, &limit) != 0) {
    return errno == EPERM ? ToldFileSizeLimit(call) : UINT64_MAX;
  }
  return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

void SignalFileSize(Call& call) { ::syscall(SYS_tgkill, call.status().tgid, call.tid(), SIGXFSZ); }

ErrnoOrOk CheckNewSize(Call& call, uint64_t old_size, uint64_t size) {
  if (size <= old_size || size <= FileSizeLimit(call)) return {};
  SignalFileSize(call);
  return Errno(EFBIG);
}

bool OpenForWriting(Call& call, int fd) {
  ErrnoOr<UniqueFd> description = call.trap().TakeFd(fd);
  if (!description.ok()) return false;
  int flags = ::fcntl(description->get(), F_GETFL);
  int mode = flags & O_ACCMODE;
  return flags >= 0 && (flags & O_PATH) == 0 && (mode == O_WRONLY || mode == O_RDWR);
}

ErrnoOr<size_t> WriteVirtual(View& view, VirtualFile& file, WritePlace place, std::span<const char> bytes) {
  UMSDK_ASSIGN_OR_ERRNO(size_t count, WithSpace(view, [&] { return file.Write(place, bytes); }));
  if (count == bytes.size()) return count;
  view.objects().Reclaim();
  if (place.position) *place.position += count;
  ErrnoOr<size_t> rest = file.Write(place, bytes.subspan(count));
  return count + (rest.ok() ? *rest : 0);
}

}  // namespace umsdk
