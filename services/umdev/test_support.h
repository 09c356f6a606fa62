// Stand-ins for what the SDK gives a service, for the tests of umdev.
#ifndef SERVICES_UMDEV_TEST_SUPPORT_H_
#define SERVICES_UMDEV_TEST_SUPPORT_H_

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "umsdk/device.h"
#include "umsdk/service.h"
#include "umsdk/syscall_context.h"

namespace umsdk::umdev {

// Matches an ErrnoOr or ErrnoOrOk that failed with `error`.
MATCHER_P(FailsWith, error, "") {
  *result_listener << "whose error is " << static_cast<int>(arg.error());
  return !arg.ok() && arg.error() == Errno(error);
}

// Matches an ErrnoOr that holds `value`.
MATCHER_P(Gives, value, "") {
  *result_listener << "whose error is " << static_cast<int>(arg.error());
  return arg.ok() && static_cast<int64_t>(arg.value()) == static_cast<int64_t>(value);
}

// Keeps the reported lines.
class FakeHost final : public ServiceHost {
 public:
  void Report(const std::string& line) override {
    MutexLock lock(mutex_);
    lines_.push_back(line);
  }
  std::vector<std::string> lines() const {
    MutexLock lock(mutex_);
    return lines_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_;
};

// A call by user 1000, group 100, without memory.
class FakeContext final : public SyscallContext {
 public:
  FakeContext() {
    caller_.tid = 42;
    caller_.uid = 1000;
    caller_.gid = 100;
  }
  SyscallResult Next() override { return SyscallResult::Kernel(); }
  SyscallResult Install(std::unique_ptr<File>) override { return Errno(ENOSYS); }
  pid_t tid() const override { return caller_.tid; }
  const Caller& caller() override { return caller_; }
  ErrnoOrOk ReadMemory(uint64_t, void*, size_t) override { return Errno(EFAULT); }
  ErrnoOrOk WriteMemory(uint64_t, const void*, size_t) override { return Errno(EFAULT); }
  ErrnoOr<std::string> ReadString(uint64_t, size_t) override { return Errno(EFAULT); }
  std::string Describe() override { return "mount()"; }
  void WillBlock() override {}
  bool Interrupted() override { return false; }
  SyscallResult Restart() override { return Errno(EINTR); }

 private:
  Caller caller_;
};

// 64 bytes at kAddress, filled with 0xaa so that a test sees which of them an ioctl wrote.
class FakeMemory final : public IoctlMemory {
 public:
  static constexpr uint64_t kAddress = 0x1000;

  ErrnoOrOk Read(uint64_t address, std::span<char> out) override {
    if (!Holds(address, out.size())) return Errno(EFAULT);
    std::memcpy(out.data(), bytes_.data() + (address - kAddress), out.size());
    return {};
  }
  ErrnoOrOk Write(uint64_t address, std::span<const char> bytes) override {
    if (!Holds(address, bytes.size())) return Errno(EFAULT);
    std::memcpy(bytes_.data() + (address - kAddress), bytes.data(), bytes.size());
    written_ += bytes.size();
    return {};
  }
  // Places an argument, or takes an answer from its place.
  template <typename T>
  uint64_t Place(const T& value) {
    std::memcpy(bytes_.data(), &value, sizeof(value));
    return kAddress;
  }
  template <typename T>
  T Take() const {
    T value;
    std::memcpy(&value, bytes_.data(), sizeof(value));
    return value;
  }
  size_t written() const { return written_; }

 private:
  bool Holds(uint64_t address, size_t size) const {
    return address >= kAddress && size <= bytes_.size() &&
           address - kAddress <= bytes_.size() - size;
  }
  std::string bytes_ = std::string(64, '\xaa');
  size_t written_ = 0;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_TEST_SUPPORT_H_
