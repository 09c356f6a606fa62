// RunView: one view, one command, to its end.
#ifndef FRONTENDS_SESSION_RUN_VIEW_H_
#define FRONTENDS_SESSION_RUN_VIEW_H_

#include "frontends/modules/load_service.h"
#include "frontends/options/options.h"
#include "frontends/session/log.h"
#include "frontends/session/outcome.h"

namespace umsdk::frontends {

// Whatever went wrong is in the outcome; nothing is printed about it.
Outcome RunView(const Options& options, const ServiceSearch& services, Log& log);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_SESSION_RUN_VIEW_H_
