// What the kernel tells about a guest thread in /proc: identity, umask, thread group.
#ifndef SDK_CORE_GUEST_INFO_H_
#define SDK_CORE_GUEST_INFO_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "umsdk/file_system.h"

namespace umsdk {

struct GuestStatus {
  Caller caller;
  pid_t tgid = 0;
  pid_t tracer = 0;
  pid_t parent = 0;
  bool sys_admin = false;     // CAP_SYS_ADMIN
  bool sys_chroot = false;    // CAP_SYS_CHROOT
  bool dac_override = false;  // CAP_DAC_OVERRIDE, CAP_FOWNER: root in the sense of the checks
  uid_t real_uid = 0;
  gid_t real_gid = 0;
  bool may_override = false;  // dac_override is permitted, if not effective
};

// Who access(2) asks for: the real ids; of the capabilities those that they would give
// (fs/open.c, access_override_creds).
GuestStatus WithRealIds(const GuestStatus& guest);

// From /proc/TID/status; nullopt when the thread is gone. About 10 us.
std::optional<GuestStatus> ReadGuestStatus(pid_t tid);

// The text of a symlink of /proc, empty on failure.
std::string ReadProcLink(const std::string& path);

}  // namespace umsdk

#endif  // SDK_CORE_GUEST_INFO_H_
