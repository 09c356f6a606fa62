#include "frontends/testing/docker_profile.h"

#include <sched.h>
#include <sys/syscall.h>

#include <cerrno>

#include "frontends/testing/refusals.h"

namespace umsdk::frontends {
namespace {

// The profile names what is allowed; for today's kernels this is the rest.
constexpr int kRefused[] = {
    // CAP_SYS_ADMIN
    SYS_bpf,
    SYS_fanotify_init,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fsopen,
    SYS_fspick,
    SYS_lookup_dcookie,
    SYS_mount,
    SYS_mount_setattr,
    SYS_move_mount,
    SYS_open_tree,
    SYS_perf_event_open,
    SYS_quotactl,
    SYS_quotactl_fd,
    SYS_setdomainname,
    SYS_sethostname,
    SYS_setns,
    SYS_syslog,
    SYS_umount2,
    SYS_unshare,
    // CAP_SYS_PTRACE
    SYS_kcmp,
    SYS_pidfd_getfd,
    SYS_process_madvise,
    // other capabilities
    SYS_acct,
    SYS_clock_settime,
    SYS_delete_module,
    SYS_finit_module,
    SYS_get_mempolicy,
    SYS_init_module,
    SYS_ioperm,
    SYS_iopl,
    SYS_mbind,
    SYS_open_by_handle_at,
    SYS_reboot,
    SYS_set_mempolicy,
    SYS_settimeofday,
    SYS_vhangup,
    // always
    SYS_add_key,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_io_uring_setup,
    SYS_kexec_file_load,
    SYS_kexec_load,
    SYS_keyctl,
    SYS_migrate_pages,
    SYS_move_pages,
    SYS_pivot_root,
    SYS_request_key,
    SYS_swapoff,
    SYS_swapon,
    SYS_sysfs,
    SYS_userfaultfd,
    SYS_ustat,
};

constexpr unsigned kNameSpaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

}  // namespace

std::vector<Refusal> DockerProfile() {
  std::vector<Refusal> refusals;
  for (int call : kRefused) refusals.push_back({.call = call, .error = EPERM});
  refusals.push_back(
      {.call = SYS_clone, .error = EPERM, .argument = 0, .mask = kNameSpaces, .any_bit = true});
  // So that C libraries fall back to clone(2), whose flags a filter can see.
  refusals.push_back({.call = SYS_clone3, .error = ENOSYS});
  return refusals;
}

}  // namespace umsdk::frontends
