// The two sides of a call: see TwinTree.
#ifndef TESTS_FUZZ_TWIN_CALL_H_
#define TESTS_FUZZ_TWIN_CALL_H_

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <vector>

#include "tests/fuzz/fake_guest.h"

namespace umsdk::fuzz {

// Where the arguments lie in the guest's memory.
inline constexpr size_t kFirstPath = 0, kSecondPath = 8192, kStructs = 16384;

inline int64_t Native(int64_t number, const std::vector<uint64_t>& a) {
  uint64_t args[6] = {};
  std::copy(a.begin(), a.end(), args);
  long result = ::syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
  return result < 0 ? -errno : result;
}

inline std::optional<int64_t> Virtual(FakeGuest& guest, int64_t number,
                                      const std::vector<uint64_t>& a) {
  std::array<uint64_t, 6> args = {};
  std::copy(a.begin(), a.end(), args.begin());
  return guest.Make(number, args);
}

inline uint64_t Pointer(const void* bytes) { return reinterpret_cast<uint64_t>(bytes); }
inline uint64_t Descriptor(int fd) { return static_cast<uint64_t>(static_cast<int64_t>(fd)); }

}  // namespace umsdk::fuzz

#endif  // TESTS_FUZZ_TWIN_CALL_H_
