// How um_doctor says what it found.
#ifndef FRONTENDS_DOCTOR_REPORT_H_
#define FRONTENDS_DOCTOR_REPORT_H_

#include <string>
#include <vector>

#include "frontends/doctor/finding.h"

namespace umsdk::frontends {

struct Answer {
  const Probe* probe;
  Finding finding;
};

struct Diagnosis {
  Host host;
  std::vector<Answer> answers;
  std::string engine;     // what --engine=auto takes; "": nothing works
  std::string no_engine;  // why not, then
};

std::string DiagnosisText(const Diagnosis& diagnosis);
// One object in one line; the members are described in um_doctor(1).
std::string DiagnosisJson(const Diagnosis& diagnosis);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_DOCTOR_REPORT_H_
