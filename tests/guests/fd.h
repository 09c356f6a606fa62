#ifndef TESTS_GUESTS_FD_H_
#define TESTS_GUESTS_FD_H_

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace guest {

// Owns one descriptor; -1 when it owns none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { Close(); }

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

// A pipe, and the handshake of these tests: one side Await()s the byte that the other Notify()s.
class Pipe {
 public:
  Pipe() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    reader_ = Fd(ends[0]);
    writer_ = Fd(ends[1]);
  }

  int reader() const { return reader_.get(); }
  int writer() const { return writer_.get(); }
  void CloseReader() { reader_.Close(); }
  void CloseWriter() { writer_.Close(); }
  void Notify() { EXPECT_EQ(write(writer(), "x", 1), 1); }
  // False at end of file: every writer has gone without a byte.
  bool Await() {
    char byte;
    ssize_t n;
    do {
      n = read(reader(), &byte, 1);
    } while (n < 0 && errno == EINTR);
    return n == 1;
  }

 private:
  Fd reader_;
  Fd writer_;
};

// Reads to the end of file.
inline std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof(buffer))) > 0) text.append(buffer, n);
  EXPECT_EQ(n, 0) << "read failed";
  return text;
}

inline Fd Open(const std::string& path, int flags, mode_t mode = 0644) {
  return Fd(open(path.c_str(), flags | O_CLOEXEC, mode));
}

inline std::string Get(const std::string& path) {
  Fd fd = Open(path, O_RDONLY);
  EXPECT_TRUE(fd.ok()) << path;
  return fd.ok() ? ReadAll(fd.get()) : std::string();
}

// Makes or rewrites a file of these contents.
inline void Put(const std::string& path, const std::string& text, mode_t mode = 0644) {
  Fd fd = Open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  ASSERT_TRUE(fd.ok()) << path;
  ASSERT_EQ(write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size())) << path;
}

inline struct stat Stat(const std::string& path) {
  struct stat st = {};
  EXPECT_EQ(stat(path.c_str(), &st), 0) << path;
  return st;
}

inline struct stat Stat(int fd) {
  struct stat st = {};
  EXPECT_EQ(fstat(fd, &st), 0);
  return st;
}

inline std::string ReadLink(const std::string& path) {
  char buffer[4096];
  const ssize_t n = readlink(path.c_str(), buffer, sizeof(buffer));
  EXPECT_GE(n, 0) << path;
  return n < 0 ? std::string() : std::string(buffer, n);
}

inline std::string ProcFd(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace guest

#endif  // TESTS_GUESTS_FD_H_
