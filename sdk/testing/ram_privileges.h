// The kernel's rules for set-user-ID and set-group-ID bits (should_remove_suid and its relatives).
#ifndef SDK_TESTING_RAM_PRIVILEGES_H_
#define SDK_TESTING_RAM_PRIVILEGES_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <algorithm>

#include "umsdk/file_system.h"

namespace umsdk {

// Caller has no capabilities: user 0 stands for CAP_FSETID.
inline bool MayKeepSetId(const Caller& caller) { return caller.uid == 0; }

inline bool InGroupOrMayKeep(const Caller& caller, gid_t gid) {
  return MayKeepSetId(caller) || caller.gid == gid ||
         std::find(caller.groups.begin(), caller.groups.end(), gid) != caller.groups.end();
}

// What is left of `permissions` when the set-ID bits must go. Without group execution S_ISGID is no
// privilege to run with, and a member of the group may keep it.
inline mode_t WithoutSetId(mode_t permissions, bool in_group) {
  mode_t kept = permissions & ~S_ISUID;
  if ((permissions & S_IXGRP) != 0 || !in_group) kept &= ~S_ISGID;
  return kept;
}

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_PRIVILEGES_H_
