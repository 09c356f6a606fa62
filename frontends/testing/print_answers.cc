// Prints what um_doctor finds out without running a view, as JSON.
#include <cstdio>

#include "frontends/doctor/host.h"
#include "frontends/doctor/probes.h"
#include "frontends/doctor/report.h"

int main() {
  using namespace umsdk::frontends;  // NOLINT: a main of one statement after another
  Diagnosis diagnosis;
  diagnosis.host = ReadHost();
  for (std::span<const Probe> probes :
       {NotifyProbes(), PtraceProbes(), ProcessProbes(), ImageProbes(), HostProbes()}) {
    for (const Probe& probe : probes) {
      diagnosis.answers.push_back({&probe, probe.ask(diagnosis.host)});
    }
  }
  std::puts(DiagnosisJson(diagnosis).c_str());
}
