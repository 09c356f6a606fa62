// FuzzInput: takes decisions from the bytes of a fuzzer's input. Behind their end all are zero.
#ifndef TESTS_FUZZ_FUZZ_INPUT_H_
#define TESTS_FUZZ_FUZZ_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace umsdk::fuzz {

class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size) : rest_(data, size) {}

  bool empty() const { return rest_.empty(); }
  uint8_t Byte() { return Value<uint8_t>(); }
  // `count` must not be 0.
  size_t Below(size_t count) { return Byte() % count; }
  template <typename T>
  T Value() {
    T value = {};
    size_t have = sizeof(T) < rest_.size() ? sizeof(T) : rest_.size();
    if (have != 0) std::memcpy(&value, rest_.data(), have);
    rest_ = rest_.subspan(have);
    return value;
  }
  template <typename T, size_t kCount>
  const T& OneOf(const T (&choices)[kCount]) {
    return choices[Below(kCount)];
  }

 private:
  std::span<const uint8_t> rest_;
};

}  // namespace umsdk::fuzz

#endif  // TESTS_FUZZ_FUZZ_INPUT_H_
