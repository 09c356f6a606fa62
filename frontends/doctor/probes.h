// The questions of um_doctor, by subject.
#ifndef FRONTENDS_DOCTOR_PROBES_H_
#define FRONTENDS_DOCTOR_PROBES_H_

#include <span>

#include "frontends/doctor/finding.h"

namespace umsdk::frontends {

std::span<const Probe> NotifyProbes();   // what the notify engine stands on
std::span<const Probe> PtraceProbes();   // what the ptrace engine stands on
std::span<const Probe> ProcessProbes();  // reaching into a guest: memory, descriptors
std::span<const Probe> ImageProbes();    // virtual files and programs
std::span<const Probe> HostProbes();     // name spaces, devices, what was inherited

}  // namespace umsdk::frontends

#endif  // FRONTENDS_DOCTOR_PROBES_H_
