// What stream_user makes its calls with: the first that fails ends it.
#ifndef TESTS_LIVE_STREAM_CALLS_H_
#define TESTS_LIVE_STREAM_CALLS_H_

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace umsdk::live {

inline std::string dir;  // of the files

#define CHECK(condition)                                                                  \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::printf("%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, std::strerror(errno)); \
      std::exit(1);                                                                       \
    }                                                                                     \
  } while (false)
#define CHECK_ERRNO(call, number) CHECK((call) < 0 && errno == (number))

inline int Open(const std::string& name, int flags) {
  int fd = ::open((dir + "/" + name).c_str(), flags | O_CLOEXEC);
  CHECK(fd >= 0);
  return fd;
}

inline int Poll(int fd, short events, int timeout) {
  pollfd one = {fd, events, 0};
  CHECK(::poll(&one, 1, timeout) >= 0);
  return one.revents;
}

inline std::string Read(int fd, size_t size) {
  std::string out(size, '\0');
  ssize_t count = ::read(fd, out.data(), size);
  CHECK(count >= 0);
  return out.substr(0, static_cast<size_t>(count));
}

inline void Write(int fd, const std::string& bytes) {
  CHECK(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

// Until it is in the call.
inline void Await(pid_t child, long call) {
  for (std::string word; word != std::to_string(call);) {
    std::ifstream info("/proc/" + std::to_string(child) + "/syscall");
    CHECK(info >> word);
  }
}

template <typename Act>
pid_t Fork(const Act& act) {
  std::fflush(stdout);
  pid_t child = ::fork();
  if (child == 0) {
    act();
    std::_Exit(0);
  }
  return child;
}

inline void AwaitEnd(pid_t child, int expected) {
  int status;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(status == expected);
}

}  // namespace umsdk::live

#endif  // TESTS_LIVE_STREAM_CALLS_H_
