// `-o` of um_mount: what is left for the file system holds no generic option any more, and nothing
// but generic options and empty items was taken away.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "frontends/control/mount_options.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk::frontends;
  std::string text(reinterpret_cast<const char*>(data), size);
  MountOptions once = SplitMountOptions(text);
  MountOptions twice = SplitMountOptions(once.rest);
  if (once.rest.size() > text.size() || twice.flags != 0 || twice.rest != once.rest) std::abort();
  // An option of the file system's is kept wherever it stands, except within quotes that never end.
  MountOptions more = SplitMountOptions("own=1,ro," + text);
  bool good = more.rest == (once.rest.empty() ? "own=1" : "own=1," + once.rest);
  if (!good) std::abort();
  return 0;
}
