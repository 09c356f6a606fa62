// truncate, ftruncate, fallocate, holes, appending, limits.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

// Size and contents: how often 'x', how many zeros.
std::string Contents(const char* name) {
  const int fd = ::open(name, O_RDONLY);
  if (fd < 0) return Result(-1);
  struct stat st = {};
  ::fstat(fd, &st);
  std::string text = std::to_string(st.st_size);
  long full = 0, zero = 0;
  char buffer[8192];
  for (ssize_t n; (n = ::read(fd, buffer, sizeof(buffer))) > 0;) {
    for (ssize_t i = 0; i < n; ++i) ++(buffer[i] == '\0' ? zero : full);
  }
  ::close(fd);
  return text + " bytes " + std::to_string(full) + " zeros " + std::to_string(zero);
}

struct Change {
  const char* name;
  int flags;
  long (*call)(int fd);
};

constexpr Change kChanges[] = {
    {"ftruncate_0", O_RDWR, [](int fd) { return long{::ftruncate(fd, 0)}; }},
    {"ftruncate_same", O_RDWR, [](int fd) { return long{::ftruncate(fd, 5000)}; }},
    {"ftruncate_less", O_WRONLY, [](int fd) { return long{::ftruncate(fd, 4097)}; }},
    {"ftruncate_more", O_WRONLY, [](int fd) { return long{::ftruncate(fd, 12345)}; }},
    {"ftruncate_less_then_more", O_RDWR,
     [](int fd) { return long{::ftruncate(fd, 100) | ::ftruncate(fd, 5000)}; }},
    {"ftruncate_read_only", O_RDONLY, [](int fd) { return long{::ftruncate(fd, 0)}; }},
    {"ftruncate_path", O_PATH, [](int fd) { return long{::ftruncate(fd, 0)}; }},
    {"ftruncate_negative", O_RDWR, [](int fd) { return long{::ftruncate(fd, -1)}; }},
    {"write_behind_the_end", O_WRONLY, [](int fd) { return long{::pwrite(fd, "xx", 2, 9000)}; }},
    {"write_nothing_behind", O_WRONLY, [](int fd) { return long{::pwrite(fd, "", 0, 9000)}; }},
    {"write_negative", O_WRONLY, [](int fd) { return long{::pwrite(fd, "xx", 2, -1)}; }},
    {"write_read_only", O_RDONLY, [](int fd) { return long{::write(fd, "xx", 2)}; }},
    {"read_write_only", O_WRONLY, [](int fd) { char c; return long{::read(fd, &c, 1)}; }},
    {"append", O_WRONLY | O_APPEND, [](int fd) { return long{::write(fd, "xx", 2)}; }},
    {"append_pwrite", O_WRONLY | O_APPEND, [](int fd) { return long{::pwrite(fd, "xx", 2, 0)}; }},
    {"fallocate", O_RDWR, [](int fd) { return long{::fallocate(fd, 0, 0, 20000)}; }},
    {"fallocate_keep", O_RDWR,
     [](int fd) { return long{::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 20000)}; }},
    {"punch", O_RDWR,
     [](int fd) {
       return long{::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096)};
     }},
    {"fallocate_nothing", O_RDWR, [](int fd) { return long{::fallocate(fd, 0, 0, 0)}; }},
    {"fallocate_read_only", O_RDONLY, [](int fd) { return long{::fallocate(fd, 0, 0, 20000)}; }},
    {"fsync", O_RDONLY, [](int fd) { return long{::fsync(fd)}; }},
    {"seek_negative", O_RDONLY, [](int fd) { return long{::lseek(fd, -1, SEEK_SET)}; }},
    {"seek_data_behind", O_RDONLY, [](int fd) { return long{::lseek(fd, 5000, SEEK_DATA)}; }},
    {"seek_hole", O_RDONLY, [](int fd) { return long{::lseek(fd, 0, SEEK_HOLE)}; }},
};

// The writers above RLIMIT_FSIZE get EFBIG: the signal is ignored.
template <typename Body>
std::string Limited(Body body) {
  struct rlimit before;
  ::getrlimit(RLIMIT_FSIZE, &before);
  auto* handler = ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit = {6000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::string text = body();
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  return text;
}

void LimitCases(Cases& cases) {
  cases.Text("limit_truncate", [](Place& place) {
    place.File("f");
    return Limited([] { return Result(::truncate("f", 6000)) + " " + Result(::truncate("f", 6001)); });
  });
  cases.Text("limit_write", [](Place& place) {
    place.File("f", 0644, std::string(5000, 'x'));
    const int fd = ::open("f", O_WRONLY | O_APPEND);
    const std::string more(2000, 'y');
    std::string text = Limited([&] {
      const long first = ::write(fd, more.data(), more.size());
      return std::to_string(first) + " then " + Result(::write(fd, more.data(), more.size()));
    });
    ::close(fd);
    return text;
  });
}

}  // namespace

void SizeCases(Cases& cases) {
  cases.Section("size");
  for (const Change& change : kChanges) {
    cases.Text(change.name, [&](Place& place) {
      place.File("f", 0644, std::string(5000, 'x'));
      const int fd = ::open("f", change.flags);
      place.Need(fd);
      std::string text = Result(change.call(fd));
      ::close(fd);
      return text + ", " + Contents("f");
    });
  }
  for (off_t size : {-1L, 0L, 1L, 4999L, 5001L, 70000L, 300000000L, 1L << 45, 1L << 62}) {
    cases.Text("truncate_" + std::to_string(size), [&](Place& place) {
      place.File("f", 0644, std::string(5000, 'x'));
      std::string text = Result(::truncate("f", size));
      struct stat st = {};
      place.Need(::stat("f", &st));
      text += " size " + std::to_string(st.st_size);
      return size < 100000 ? text + ", " + Contents("f") : text;
    });
  }
  LimitCases(cases);
}

}  // namespace umsdk::posix
