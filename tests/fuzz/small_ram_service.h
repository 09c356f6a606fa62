// A RamService so small that a fuzzer fills it, with a root directory for everybody.
#ifndef TESTS_FUZZ_SMALL_RAM_SERVICE_H_
#define TESTS_FUZZ_SMALL_RAM_SERVICE_H_

#include <memory>

#include "sdk/testing/ram_fs.h"
#include "sdk/testing/ram_service.h"

namespace umsdk::fuzz {

inline std::unique_ptr<RamService> SmallRamService() {
  RamFs::Options options;
  options.max_bytes = 1 << 20;
  options.max_inodes = 200;
  options.root_mode = 0777;
  return std::make_unique<RamService>(options);
}

}  // namespace umsdk::fuzz

#endif  // TESTS_FUZZ_SMALL_RAM_SERVICE_H_
