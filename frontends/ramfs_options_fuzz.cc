// The options of a umramfs mount: what is accepted can be a file system.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "frontends/ramfs_options.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk::frontends;
  std::string text(reinterpret_cast<const char*>(data), size);
  absl::StatusOr<RamfsOptions> options = ParseRamfsOptions(text);
  if (!options.ok()) {
    if (options.status().message().empty()) std::abort();
    return 0;
  }
  constexpr uid_t kNobody = static_cast<uid_t>(-1);
  bool good = (options->mode & ~mode_t{07777}) == 0 && options->uid != kNobody &&
              options->gid != kNobody && options->size.value_or(1) != 0 &&
              static_cast<int64_t>(options->size.value_or(1)) > 0;
  if (!good) std::abort();
  return 0;
}
