// What the large file of this test holds, before and after the guest rewrote it: the bytes are
// computed, so that nobody has to keep them.
#ifndef TESTS_CACHE_PATTERN_H_
#define TESTS_CACHE_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace cache_test {

inline constexpr uint64_t kFileSize = uint64_t{40} << 20;
// Written and compared as a whole.
inline constexpr size_t kBlock = 64 << 10;

// Eight bytes at a time: every word of the file is another one.
inline void Fill(char* out, uint64_t offset, size_t size, uint64_t generation) {
  for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
    uint64_t word = (offset + at) * 0x9e3779b97f4a7c15 + generation;
    std::memcpy(out + at, &word, sizeof(word));
  }
}

inline bool Matches(const char* bytes, uint64_t offset, size_t size, uint64_t generation) {
  for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
    uint64_t word = (offset + at) * 0x9e3779b97f4a7c15 + generation;
    if (std::memcmp(bytes + at, &word, sizeof(word)) != 0) return false;
  }
  return true;
}

}  // namespace cache_test

#endif  // TESTS_CACHE_PATTERN_H_
