#ifndef TESTS_ARCHITECTURE_LAYERING_MIDDLE_H_
#define TESTS_ARCHITECTURE_LAYERING_MIDDLE_H_

#include "tests/architecture/layering/low.h"

namespace umsdk {

inline int Middle() { return Low(); }

}  // namespace umsdk

#endif  // TESTS_ARCHITECTURE_LAYERING_MIDDLE_H_
