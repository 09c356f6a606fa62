// FakeGuest: brings calls to a view as a guest thread would, but with a memory of its own that it
// cannot leave, and without ever making the calls that the view lets continue.
#ifndef TESTS_FUZZ_FAKE_GUEST_H_
#define TESTS_FUZZ_FAKE_GUEST_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sdk/engine/engine.h"

namespace umsdk::fuzz {

// The guest is this very thread: its descriptors are the fuzzer's. Those that it got through the
// view are closed at the end.
class FakeGuest {
 public:
  static constexpr size_t kMemory = 1 << 16;

  explicit FakeGuest(CallHandler& handler) : handler_(handler), memory_(kMemory) {}
  ~FakeGuest();
  FakeGuest(const FakeGuest&) = delete;
  FakeGuest& operator=(const FakeGuest&) = delete;

  // The value or -errno that the view answers; nullopt: the kernel's turn.
  std::optional<int64_t> Make(int64_t number, const std::array<uint64_t, 6>& args);
  std::span<char> memory() { return memory_; }
  uint64_t AddressOf(size_t offset) const {
    return reinterpret_cast<uint64_t>(memory_.data() + offset);
  }
  // Writes a string with its end at `offset`: its address.
  uint64_t Write(size_t offset, std::string_view text);
  // Descriptors that the guest may use; the last ones are those that it opened.
  std::vector<int>& fds() { return fds_; }
  void Close(int fd);

 private:
  CallHandler& handler_;
  std::vector<char> memory_;
  std::vector<int> fds_;
};

}  // namespace umsdk::fuzz

#endif  // TESTS_FUZZ_FAKE_GUEST_H_
