// What READDIR (first byte 0) or READDIRPLUS answers.
#include <cstddef>
#include <cstdint>

#include "services/umfuse/dir_listing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  umsdk::umfuse::DirListing listing;
  listing.Parse({reinterpret_cast<const char*>(data) + 1, size - 1}, data[0] != 0);
  for (const umsdk::umfuse::DirListing::Item& item : listing.items) {
    if (item.name.empty() || item.name.size() > umsdk::umfuse::kMaxName ||
        item.name.find('/') != std::string::npos)
      __builtin_trap();
  }
  return 0;
}
