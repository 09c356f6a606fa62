#include "frontends/testing/refusals.h"

#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "frontends/testing/docker_profile.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

namespace umsdk::frontends {
namespace {

struct Row {
  const char* name;
  Refusal refusal;
};

constexpr Refusal Whole(int call) { return {.call = call}; }
constexpr Refusal WithBit(int call, int argument, unsigned bit) {
  return {.call = call, .argument = argument, .mask = bit, .any_bit = true};
}
constexpr Refusal WithValue(int call, int argument, unsigned value) {
  return {.call = call, .argument = argument, .mask = ~0u, .value = value};
}

constexpr Row kRows[] = {
    {"seccomp", Whole(SYS_seccomp)},
    {"listener", WithBit(SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER)},
    {"wait_killable", WithBit(SYS_seccomp, 1, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)},
    {"addfd", WithValue(SYS_ioctl, 1, static_cast<unsigned>(SECCOMP_IOCTL_NOTIF_ADDFD))},
    {"notif_recv", WithValue(SYS_ioctl, 1, static_cast<unsigned>(SECCOMP_IOCTL_NOTIF_RECV))},
    {"sync_wake_up", WithValue(SYS_ioctl, 1, static_cast<unsigned>(SECCOMP_IOCTL_NOTIF_SET_FLAGS))},
    {"ptrace", Whole(SYS_ptrace)},
    {"process_vm_readv", Whole(SYS_process_vm_readv)},
    {"process_vm_writev", Whole(SYS_process_vm_writev)},
    {"pidfd_open", Whole(SYS_pidfd_open)},
    {"pidfd_getfd", Whole(SYS_pidfd_getfd)},
    {"memfd_create", Whole(SYS_memfd_create)},
    {"execveat", Whole(SYS_execveat)},
    {"unshare", Whole(SYS_unshare)},
    {"user_namespace", WithBit(SYS_unshare, 0, CLONE_NEWUSER)},
    {"mount", Whole(SYS_mount)},
    {"landlock", Whole(SYS_landlock_create_ruleset)},
    {"tun", WithValue(SYS_ioctl, 1, static_cast<unsigned>(TUNGETFEATURES))},
    // Refuses nothing that anybody asks for: only that a filter is there.
    {"nothing", WithValue(SYS_prctl, 0, 0x7fffffff)},
};

std::optional<int> ErrnoOf(const std::string& name) {
  constexpr struct {
    const char* name;
    int number;
  } kErrnos[] = {{"EPERM", EPERM},   {"ENOSYS", ENOSYS}, {"EACCES", EACCES},
                 {"EINVAL", EINVAL}, {"EBUSY", EBUSY},   {"EOPNOTSUPP", EOPNOTSUPP}};
  for (const auto& row : kErrnos) {
    if (name == row.name) return row.number;
  }
  return std::nullopt;
}

void Append(const Refusal& refusal, std::vector<sock_filter>& program) {
  auto call = static_cast<unsigned>(refusal.call);
  auto answer = SECCOMP_RET_ERRNO | static_cast<unsigned>(refusal.error);
  program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  if (refusal.argument < 0) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
  } else {
    // The low half of the argument: flags and ioctl numbers have no other.
    auto offset = static_cast<unsigned>(offsetof(seccomp_data, args) +
                                        sizeof(uint64_t) * static_cast<size_t>(refusal.argument));
    const auto rest = static_cast<unsigned char>(refusal.any_bit ? 3 : 4);
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, rest));
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
    if (refusal.any_bit) {
      program.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, refusal.mask, 0, 1));
    } else {
      program.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, refusal.mask));
      program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refusal.value, 0, 1));
    }
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, answer));
}

}  // namespace

std::optional<std::vector<Refusal>> FindRefusals(const std::string& word) {
  if (word == "docker") return DockerProfile();
  size_t equals = word.find('=');
  std::optional<int> error = equals == std::string::npos ? EPERM : ErrnoOf(word.substr(equals + 1));
  for (const Row& row : kRows) {
    if (word.substr(0, equals) != row.name || !error) continue;
    Refusal refusal = row.refusal;
    refusal.error = *error;
    return std::vector<Refusal>{refusal};
  }
  return std::nullopt;
}

std::vector<sock_filter> CompileFilter(const std::vector<Refusal>& refusals) {
  std::vector<sock_filter> program;
  for (const Refusal& refusal : refusals) Append(refusal, program);
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return program;
}

int InstallProgram(std::vector<sock_filter> program, unsigned flags) {
  sock_fprog fprog = {.len = static_cast<unsigned short>(program.size()), .filter = program.data()};
  long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &fprog);
  if (result < 0 && errno == EACCES && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
    result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &fprog);
  }
  return static_cast<int>(result);
}

}  // namespace umsdk::frontends
