#ifndef TESTS_GUESTS_USER_NAMESPACE_H_
#define TESTS_GUESTS_USER_NAMESPACE_H_

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>
#include <cstdlib>
#include <string>

#include "tests/guests/guest_test.h"

namespace guest {

// Whether the bare kernel lets this user make a user namespace (asked outside of any view).
inline bool CanMakeUserNamespace() {
  const char* answer = std::getenv("UM_CAN_USERNS");
  return answer == nullptr || std::string(answer) == "1";
}

// Makes a user namespace, in which the caller is root, and the others that `flags` names.
inline void EnterUserNamespace(int flags) {
  const std::string uids = "0 " + std::to_string(geteuid()) + " 1";
  const std::string gids = "0 " + std::to_string(getegid()) + " 1";
  ASSERT_THAT(unshare(CLONE_NEWUSER | flags), SyscallSucceeds());
  const Fd setgroups = Open("/proc/self/setgroups", O_WRONLY);
  ASSERT_THAT(write(setgroups.get(), "deny", 4), SyscallSucceedsWithValue(4));
  const Fd uid_map = Open("/proc/self/uid_map", O_WRONLY);
  ASSERT_THAT(write(uid_map.get(), uids.data(), uids.size()), SyscallSucceeds());
  const Fd gid_map = Open("/proc/self/gid_map", O_WRONLY);
  ASSERT_THAT(write(gid_map.get(), gids.data(), gids.size()), SyscallSucceeds());
  ASSERT_EQ(geteuid(), 0u);
}

// Makes a mount namespace of the caller's own, in which it may mount: for a plain user in a user
// namespace.
inline void EnterMountNamespace() {
  if (geteuid() == 0) {
    ASSERT_THAT(unshare(CLONE_NEWNS), SyscallSucceeds());
  } else {
    EnterUserNamespace(CLONE_NEWNS);
  }
  ASSERT_THAT(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), SyscallSucceeds());
}

}  // namespace guest

#endif  // TESTS_GUESTS_USER_NAMESPACE_H_
