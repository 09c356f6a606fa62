#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "frontends/doctor/explain.h"
#include "frontends/doctor/probes.h"

namespace umsdk::frontends {
namespace {

// ---- name spaces ----

std::string UserNamespaceRemedy() {
  if (Sysctl("kernel/unprivileged_userns_clone") == "0") {
    return "sysctl kernel.unprivileged_userns_clone=0 refuses it: set it to 1";
  }
  if (Sysctl("user/max_user_namespaces") == "0") {
    return "sysctl user.max_user_namespaces=0 refuses it: raise it";
  }
  if (Sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1") {
    return "sysctl kernel.apparmor_restrict_unprivileged_userns=1 refuses it: set it to 0, or add "
           "an "
           "AppArmor profile";
  }
  return "none needed: virtual directories are kept below /dev/shm or TMPDIR instead";
}

Finding AskUserNamespace(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    return ::unshare(CLONE_NEWUSER) == 0 ? TrialResult() : Failed("unshare(CLONE_NEWUSER)");
  });
  return Explain(host, result, "a user name space was made", UserNamespaceRemedy());
}

Finding AskPrivateTmpfs(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    // With privileges a mount name space alone does; without, it takes a user name space.
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWNS) != 0) {
      return Failed("unshare(CLONE_NEWUSER | CLONE_NEWNS)");
    }
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount("none", "/tmp", "tmpfs", 0, nullptr) != 0) return Failed("mount(tmpfs)");
    return {};
  });
  return Explain(host, result, "virtual directories leave no trace on the disk",
                 UserNamespaceRemedy());
}

// ---- mount(2) ----

Finding AskMount(const Host& host) {
  // Without a target the kernel says EFAULT to everybody before it looks at privileges, so any
  // other answer is a filter's.
  ::syscall(SYS_mount, nullptr, nullptr, nullptr, 0UL, nullptr);
  int error = errno;
  if (error == EFAULT)
    return {true, 0, "no filter answers mount(2) before a supervisor sees it", ""};
  Finding finding = Explain(host, {error, "mount(2)"}, "", "");
  finding.detail = "an inherited filter answers mount(2) with " + ErrnoName(error);
  finding.remedy = "use um_mount and um_umount instead of mount(8) inside views";
  return finding;
}

// ---- what may be there ----

Finding AskLandlock(const Host& host) {
  long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0UL, LANDLOCK_CREATE_RULESET_VERSION);
  if (version >= 0) return {true, 0, "ABI " + std::to_string(version), ""};
  TrialResult result = Failed("landlock_create_ruleset");
  return Explain(host, result, "",
                 result.error == EOPNOTSUPP
                     ? "boot with lsm=landlock,..."
                     : "a kernel of 5.13 or newer with CONFIG_SECURITY_LANDLOCK");
}

Finding AskTun(const Host& host) {
  TrialResult result;
  UniqueFd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  unsigned features = 0;
  if (!tun.valid()) {
    result = Failed("open(/dev/net/tun)");
  } else if (::ioctl(tun.get(), TUNGETFEATURES, &features) != 0) {
    result = Failed("ioctl(TUNGETFEATURES)");
  }
  return Explain(host, result, "/dev/net/tun opens",
                 result.error == ENOENT ? "modprobe tun (Docker: --device=/dev/net/tun)"
                                        : "ask for read and write permission to /dev/net/tun");
}

Finding AskKernelSeccomp(const Host&) {
  std::string actions = Sysctl("kernel/seccomp/actions_avail");
  if (actions.empty()) {
    return {false, ENOENT, "/proc/sys/kernel/seccomp/actions_avail is not there",
            "mount /proc, or a kernel with CONFIG_SECCOMP_FILTER"};
  }
  bool has = actions.find("user_notif") != std::string::npos;
  return {has, has ? 0 : ENOSYS, actions, has ? "" : "a kernel of 5.5 or newer"};
}

// ---- what was inherited: "yes" is the good answer ----

Finding AskUnfiltered(const Host& host) {
  if (!host.filtered) return {true, 0, "no seccomp filter was inherited", ""};
  std::string count = host.filters < 0 ? "a filter" : std::to_string(host.filters) + " filter(s)";
  return {false, 0, count + " inherited: what it refuses, no view can allow",
          "start outside of the container or service that set it, or adapt its profile"};
}

Finding AskPrivileges(const Host& host) {
  if (host.no_new_privs) {
    return {false, 0, "no_new_privs was inherited: sudo, su and ping do not work, in a view or not",
            "start where it is not set (systemd: NoNewPrivileges=no)"};
  }
  if (host.sys_admin)
    return {true, 0, "views leave no_new_privs alone (CAP_SYS_ADMIN is there)", ""};
  return {false, 0,
          "the kernel demands no_new_privs in a view: sudo, su and ping do not work there",
          "run umview with CAP_SYS_ADMIN where they must"};
}

Finding Ask32Bit(const Host&) {
  return {false, ENOEXEC, "refused in every view: exec says ENOEXEC, int 0x80 ENOSYS",
          "use 64-bit programs; nothing can be set"};
}

Finding AskOutermost(const Host& host) {
  if (!host.in_view) return {true, 0, "not inside a view", ""};
  return {false, 0, "inside a view: umview joins it, and these answers are the view's",
          "none needed; umview --no-subview starts a view of its own"};
}

constexpr Probe kProbes[] = {
    {"user_namespace", "user name spaces", &AskUserNamespace},
    {"private_tmpfs", "a file system of the supervisor's own, out of sight", &AskPrivateTmpfs},
    {"mount", "mount(2) reaches the supervisor", &AskMount},
    {"landlock", "a second wall for confine mode", &AskLandlock},
    {"tun", "virtual networks can reach the host's", &AskTun},
    {"seccomp_actions", "the kernel offers user notification", &AskKernelSeccomp},
    {"unfiltered", "no filter was inherited", &AskUnfiltered},
    {"privileges", "set-user-ID programs work in views", &AskPrivileges},
    {"programs_32_bit", "32-bit programs run in views", &Ask32Bit},
    {"outermost", "not inside another view", &AskOutermost},
};

}  // namespace

std::span<const Probe> HostProbes() { return kProbes; }

}  // namespace umsdk::frontends
