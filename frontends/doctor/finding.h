// Finding: what um_doctor learned about one mechanism.
#ifndef FRONTENDS_DOCTOR_FINDING_H_
#define FRONTENDS_DOCTOR_FINDING_H_

#include <string>

#include "frontends/doctor/host.h"

namespace umsdk::frontends {

struct Finding {
  bool yes = false;
  int error = 0;       // errno that refused it, 0 if none did
  std::string detail;  // what was seen, or what refuses
  std::string remedy;  // what to do; empty where nothing has to be done
};

// One question. `ask` may fork, but changes nothing of the caller that outlives it.
struct Probe {
  const char* name;
  const char* meaning;  // for whoever reads the answer
  Finding (*ask)(const Host& host);
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_DOCTOR_FINDING_H_
