#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "frontends/doctor/explain.h"
#include "frontends/doctor/listener_trial.h"
#include "frontends/doctor/probes.h"

// Newer than the oldest headers that this builds with.
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

namespace umsdk::frontends {
namespace {

constexpr long kAnswer = 12345;  // no parent has this number, and a real one would be noticed

std::string ListenerRemedy(int error) {
  switch (error) {
    case EBUSY:
      return "another seccomp listener was inherited (a container manager, another supervisor), "
             "and "
             "the kernel allows one: umview --engine=ptrace";
    case EINVAL:
      return "the kernel is older than 5.5: umview --engine=ptrace, or a newer kernel";
    case ENOSYS:
      return "the kernel was built without CONFIG_SECCOMP_FILTER: umview --engine=ptrace";
    default:
      return "umview --engine=ptrace";
  }
}

TrialResult Try(const ListenerTrial& trial) {
  return TryInChild([&trial] { return RunListenerTrial(trial); });
}

bool IsOurAnswer(long result) { return result == kAnswer; }

TrialResult GiveOurAnswer(int listener, const seccomp_notif& call) {
  if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call.id) != 0) {
    return Failed("ioctl(SECCOMP_IOCTL_NOTIF_ID_VALID)");
  }
  return SendAnswer(listener, call, kAnswer, 0);
}

Finding AskNotify(const Host& host) {
  TrialResult result = Try({.flags = 0, .judge = &IsOurAnswer, .answer = &GiveOurAnswer});
  return Explain(host, result, "a call was trapped, reported and answered",
                 ListenerRemedy(result.error));
}

Finding AskContinue(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    // The guest cannot ask again: its next getppid() would be trapped too.
    pid_t parent = ::getpid();
    auto judge = [parent](long result) { return result == parent; };
    auto answer = [](int listener, const seccomp_notif& call) {
      return SendAnswer(listener, call, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
    };
    return RunListenerTrial({.flags = 0, .judge = judge, .answer = answer});
  });
  return Explain(host, result, "a trapped call went on in the kernel",
                 ListenerRemedy(result.error));
}

// Hands the guest a descriptor; `flags` as for SECCOMP_IOCTL_NOTIF_ADDFD.
Finding AskAddfd(const Host& host, unsigned flags) {
  TrialResult result = TryInChild([flags]() -> TrialResult {
    int ends[2];
    if (::pipe(ends) != 0) return Failed("pipe");
    UniqueFd in(ends[0]), out(ends[1]);
    auto judge = [](long fd) { return ::write(static_cast<int>(fd), "x", 1) == 1; };
    auto answer = [&](int listener, const seccomp_notif& call) -> TrialResult {
      seccomp_notif_addfd add = {};
      add.id = call.id;
      add.flags = flags;
      add.srcfd = static_cast<unsigned>(out.get());
      int fd = ::ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
      if (fd < 0) return Failed("ioctl(SECCOMP_IOCTL_NOTIF_ADDFD)");
      if ((flags & SECCOMP_ADDFD_FLAG_SEND) != 0) return {};
      return SendAnswer(listener, call, fd, 0);
    };
    return RunListenerTrial({.flags = 0, .judge = judge, .answer = answer});
  });
  return Explain(host, result, "a descriptor was handed to a trapped process",
                 result.error == EINVAL
                     ? "the kernel is too old for this (ADDFD: 5.9, with SEND: 5.14)"
                     : ListenerRemedy(result.error));
}

Finding AskPlainAddfd(const Host& host) { return AskAddfd(host, 0); }
Finding AskAddfdSend(const Host& host) { return AskAddfd(host, SECCOMP_ADDFD_FLAG_SEND); }

Finding AskWaitKillable(const Host& host) {
  TrialResult result = Try({.flags = SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
                            .judge = &IsOurAnswer,
                            .answer = &GiveOurAnswer});
  return Explain(host, result, "signals do not make side effects happen twice",
                 result.error == EINVAL
                     ? "the kernel is older than 5.19: signals during a slow call "
                       "may repeat it"
                     : ListenerRemedy(result.error));
}

Finding AskSyncWakeUp(const Host& host) {
  auto answer = [](int listener, const seccomp_notif& call) -> TrialResult {
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) != 0) {
      return Failed("ioctl(SECCOMP_IOCTL_NOTIF_SET_FLAGS)");
    }
    return GiveOurAnswer(listener, call);
  };
  TrialResult result = Try({.flags = 0, .judge = &IsOurAnswer, .answer = answer});
  return Explain(host, result, "answers wake the guest on the same CPU",
                 result.error == EINVAL
                     ? "the kernel is older than 6.6: calls cost more, all else is "
                       "the same"
                     : ListenerRemedy(result.error));
}

constexpr Probe kProbes[] = {
    {"notify", "seccomp user notification: the notify engine's trap", &AskNotify},
    {"notify_continue", "a trapped call may go on in the kernel", &AskContinue},
    {"notify_addfd", "descriptors can be handed to guests", &AskPlainAddfd},
    {"notify_addfd_send", "... and the call answered in one step", &AskAddfdSend},
    {"notify_wait_killable", "signals wait until a trapped call is answered", &AskWaitKillable},
    {"notify_sync_wake_up", "cheap switches between guest and supervisor", &AskSyncWakeUp},
};

}  // namespace

std::span<const Probe> NotifyProbes() { return kProbes; }

}  // namespace umsdk::frontends
