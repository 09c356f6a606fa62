#ifndef TESTS_GUESTS_MAPPING_H_
#define TESTS_GUESTS_MAPPING_H_

#include <sys/mman.h>
#include <string>

#include "tests/guests/guest_test.h"

namespace guest {

// A mapping that ends with its scope.
class Mapping {
 public:
  Mapping(size_t size, int prot, int flags, int fd, off_t offset = 0)
      : address_(mmap(nullptr, size, prot, flags, fd, offset)), size_(size) {
    EXPECT_NE(address_, MAP_FAILED) << strerror(errno);
  }
  ~Mapping() {
    if (address_ != MAP_FAILED) munmap(address_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  char* get() const { return static_cast<char*>(address_); }
  std::string Text(size_t at, size_t n) const { return std::string(get() + at, n); }

 private:
  void* address_;
  size_t size_;
};

}  // namespace guest

#endif  // TESTS_GUESTS_MAPPING_H_
