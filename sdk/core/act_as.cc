#include "sdk/core/act_as.h"

#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace umsdk {

ActAs::ActAs(const Caller& caller) : uid_(::geteuid()), gid_(::getegid()) {
  if (uid_ != 0 || (caller.uid == uid_ && caller.gid == gid_)) return;
  active_ = true;
  groups_.resize(static_cast<size_t>(std::max(0, ::getgroups(0, nullptr))));
  int count = ::getgroups(static_cast<int>(groups_.size()), groups_.data());
  groups_.resize(static_cast<size_t>(std::max(0, count)));
  ::syscall(SYS_setgroups, caller.groups.size(), caller.groups.data());
  ::syscall(SYS_setfsgid, caller.gid);
  ::syscall(SYS_setfsuid, caller.uid);
}

ActAs::~ActAs() {
  if (!active_) return;
  ::syscall(SYS_setfsuid, uid_);
  ::syscall(SYS_setfsgid, gid_);
  ::syscall(SYS_setgroups, groups_.size(), groups_.data());
}

}  // namespace umsdk
