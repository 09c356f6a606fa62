// um_doctor: what umview needs, whether it is there, and what to do if not.
#include <cstdio>
#include <cstring>

#include "frontends/doctor/engine_probes.h"
#include "frontends/doctor/host.h"
#include "frontends/doctor/probes.h"
#include "frontends/doctor/report.h"

namespace umsdk::frontends {
namespace {

constexpr char kHelp[] =
    "usage: um_doctor [--json]\n"
    "\n"
    "Tries out every mechanism that umview uses, each in a process of its own, and says for each:\n"
    "yes or no, what refuses it, and the remedy. The last line tells whether umview works here, "
    "and\n"
    "with which engine.\n"
    "\n"
    "Exit status: 0 some engine works, 1 none does, 2 wrong usage. See um_doctor(1).\n";

Diagnosis Diagnose() {
  Diagnosis diagnosis;
  diagnosis.host = ReadHost();
  for (std::span<const Probe> probes : {NotifyProbes(), PtraceProbes(), ProcessProbes(),
                                        ImageProbes(), HostProbes(), EngineProbes()}) {
    for (const Probe& probe : probes) {
      diagnosis.answers.push_back({&probe, probe.ask(diagnosis.host)});
    }
  }
  TrialResult result = FindAutoEngine(diagnosis.engine);
  if (!result.ok()) {
    diagnosis.engine.clear();
    diagnosis.no_engine = result.step;
  }
  return diagnosis;
}

int Main(int argc, char** argv) {
  const char* argument = argc > 1 ? argv[1] : "";
  if (argc == 2 && std::strcmp(argument, kDoNothing) == 0) return 0;
  bool json = std::strcmp(argument, "--json") == 0;
  if (argc == 2 && (std::strcmp(argument, "-h") == 0 || std::strcmp(argument, "--help") == 0)) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (argc > 2 || (argc == 2 && !json)) {
    std::fputs("um_doctor: it takes --json or nothing (try: um_doctor --help)\n", stderr);
    return 2;
  }
  Diagnosis diagnosis = Diagnose();
  std::string text = json ? DiagnosisJson(diagnosis) + "\n" : DiagnosisText(diagnosis);
  std::fputs(text.c_str(), stdout);
  return diagnosis.engine.empty() ? 1 : 0;
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
