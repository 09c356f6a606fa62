#include "sdk/engine/rights/fd_limit.h"

#include <algorithm>

namespace umsdk {
namespace {

constexpr rlim_t kMore = 2;

}  // namespace

FdLimitRaised::FdLimitRaised(pid_t tid) : tid_(tid) {
  if (::prlimit(tid, RLIMIT_NOFILE, nullptr, &before_) != 0) return;
  const rlim_t higher = before_.rlim_cur + kMore;
  const rlimit limits = {higher, std::max(before_.rlim_max, higher)};
  raised_ = ::prlimit(tid, RLIMIT_NOFILE, &limits, nullptr) == 0;
}

FdLimitRaised::~FdLimitRaised() {
  if (raised_) ::prlimit(tid_, RLIMIT_NOFILE, &before_, nullptr);
}

}  // namespace umsdk
