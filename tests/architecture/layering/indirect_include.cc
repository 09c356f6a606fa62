#include "tests/architecture/layering/low.h"
#include "tests/architecture/layering/middle.h"

namespace umsdk {

int IndirectInclude() { return Low() + Middle(); }

}  // namespace umsdk
