// One trapped call in a process of its own, with seccomp user notification.
#ifndef FRONTENDS_DOCTOR_LISTENER_TRIAL_H_
#define FRONTENDS_DOCTOR_LISTENER_TRIAL_H_

#include <linux/seccomp.h>

#include <functional>

#include "frontends/doctor/trial.h"

namespace umsdk::frontends {

struct ListenerTrial {
  unsigned flags = 0;  // SECCOMP_FILTER_FLAG_* besides NEW_LISTENER
  // In the trapped process: judges the result of its getppid(2), after `answer` was given.
  std::function<bool(long result)> judge;
  // In the supervisor: answers the call.
  std::function<TrialResult(int listener, const seccomp_notif& call)> answer;
};

// To be run in a child: it installs no filter here, but forks.
TrialResult RunListenerTrial(const ListenerTrial& trial);

// Installs a filter that does `action` to getppid(2) and lets all else pass; sets no_new_privs if
// the kernel demands it. What seccomp(2) returns.
int InstallFilter(unsigned action, unsigned flags);

// SECCOMP_IOCTL_NOTIF_SEND.
TrialResult SendAnswer(int listener, const seccomp_notif& call, long value, unsigned flags);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_DOCTOR_LISTENER_TRIAL_H_
