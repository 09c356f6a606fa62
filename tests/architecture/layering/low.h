#ifndef TESTS_ARCHITECTURE_LAYERING_LOW_H_
#define TESTS_ARCHITECTURE_LAYERING_LOW_H_

namespace umsdk {

inline int Low() { return 1; }

}  // namespace umsdk

#endif  // TESTS_ARCHITECTURE_LAYERING_LOW_H_
