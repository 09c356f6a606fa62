// UniqueFd: sole owner of a descriptor of this process; closes it when it goes.
#ifndef SDK_BASE_UNIQUE_FD_H_
#define SDK_BASE_UNIQUE_FD_H_

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace umsdk {

// Move-only, thread-compatible. An invalid one holds -1.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) Reset(other.Release());
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Gives the descriptor away.
  [[nodiscard]] int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1) {
    // close(2): on Linux the number is free even after EINTR, so it is never retried.
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }
  // A close-on-exec duplicate (the same open file description); invalid on failure, errno tells.
  UniqueFd Duplicate() const { return UniqueFd(::fcntl(fd_, F_DUPFD_CLOEXEC, 3)); }

 private:
  int fd_ = -1;
};

}  // namespace umsdk

#endif  // SDK_BASE_UNIQUE_FD_H_
