#include "sdk/core/transfer.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace umsdk {

uint64_t FileSizeLimit(Call& call) {
  rlimit limit;
  if (::prlimit(call.tid(), RLIMIT_FSIZE, nullptr, &limit) != 0) return UINT64_MAX;
  return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

void SignalFileSize(Call& call) { ::syscall(SYS_tgkill, call.status().tgid, call.tid(), SIGXFSZ); }

}  // namespace umsdk
