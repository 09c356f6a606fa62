// umview inside a view: the command gets a sub-view of it, with services of its own on top.
#ifndef FRONTENDS_SESSION_SUB_VIEW_H_
#define FRONTENDS_SESSION_SUB_VIEW_H_

#include "frontends/options/options.h"
#include "frontends/session/log.h"

namespace umsdk::frontends {

// Runs the command to its end, ends what it left behind, and returns umview's exit code. What rc
// files and the environment say about a view was for the outer one.
int RunSubView(const Options& options, Log& log);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_SUB_VIEW_H_
