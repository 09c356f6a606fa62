// From a failed trial to a Finding that says who refuses, and what to do.
#ifndef FRONTENDS_DOCTOR_EXPLAIN_H_
#define FRONTENDS_DOCTOR_EXPLAIN_H_

#include <string>

#include "frontends/doctor/finding.h"
#include "frontends/doctor/trial.h"

namespace umsdk::frontends {

// "EPERM", "errno 4711"
std::string ErrnoName(int error);

// `good` is the detail of success. A refusal is put down to an inherited filter when there is one
// and the errno is one that filters give; otherwise `remedy` is taken.
Finding Explain(const Host& host, const TrialResult& result, const std::string& good,
                const std::string& remedy);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_DOCTOR_EXPLAIN_H_
