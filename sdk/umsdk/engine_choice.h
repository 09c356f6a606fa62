// Which engine a supervisor uses. Not part of the public API.
#ifndef UMSDK_ENGINE_CHOICE_H_
#define UMSDK_ENGINE_CHOICE_H_

#include <functional>
#include <memory>
#include <string>

#include "sdk/engine/engine.h"
#include "umsdk/supervisor.h"

namespace umsdk {

// kAuto: notify, and at the first Launch that the kernel refuses, ptrace (reported once).
std::unique_ptr<Engine> ChooseEngine(EngineKind kind, const PtraceOptions& options,
                                     std::function<void(const std::string&)> report);

}  // namespace umsdk

#endif  // UMSDK_ENGINE_CHOICE_H_
