// The last word: whether a view can be run, with each engine and with none chosen.
#ifndef FRONTENDS_DOCTOR_ENGINE_PROBES_H_
#define FRONTENDS_DOCTOR_ENGINE_PROBES_H_

#include <span>
#include <string>

#include "frontends/doctor/finding.h"
#include "frontends/doctor/trial.h"

namespace umsdk::frontends {

// What a view runs in these trials: this program with this only argument, which exits with 0.
inline constexpr char kDoNothing[] = "--do-nothing";

std::span<const Probe> EngineProbes();

// What --engine=auto takes here, into `engine`; or why it takes nothing.
TrialResult FindAutoEngine(std::string& engine);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_DOCTOR_ENGINE_PROBES_H_
