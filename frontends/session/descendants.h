// The processes below this one, which is their subreaper.
#ifndef FRONTENDS_SESSION_DESCENDANTS_H_
#define FRONTENDS_SESSION_DESCENDANTS_H_

#include <chrono>

namespace umsdk::frontends {

// To every descendant; SIGTERM continues the stopped ones too.
void SignalDescendants(int signal);

// SIGTERM to all, SIGKILL to those left after `grace`; reaps them and returns when none is left.
void EndDescendants(std::chrono::milliseconds grace);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_DESCENDANTS_H_
