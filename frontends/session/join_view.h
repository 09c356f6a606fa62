// umview inside a view: the command joins the outer view.
#ifndef FRONTENDS_SESSION_JOIN_VIEW_H_
#define FRONTENDS_SESSION_JOIN_VIEW_H_

#include "frontends/options/options.h"
#include "frontends/session/log.h"

namespace umsdk::frontends {

// Replaces this process by the command; returns an exit code if that fails. What rc files and the
// environment say about a view was for the outer one.
int JoinView(const Options& options, Log& log);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_JOIN_VIEW_H_
