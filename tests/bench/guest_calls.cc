// guest_calls DIR: prints, as one JSON object, what a system call costs this process, in ns.
// The files that it needs are made in DIR; `read` and `pread` move 64 bytes.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>

#include "tests/bench/measure.h"

namespace umsdk {
namespace {

constexpr off_t kFileSize = off_t{1} << 34;

void Print(const char* name, double ns) {
  static const char* separator = "{";
  printf("%s\"%s\": %.1f", separator, name, ns);
  separator = ", ";
}

// A sparse file that no batch reads to its end.
int MakeFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_TRUNC, 0600);
  if (fd < 0 || ftruncate(fd, kFileSize) != 0) {
    perror(path.c_str());
    exit(1);
  }
  return fd;
}

void PrintDescriptorCalls(int fd) {
  std::array<char, 64> bytes;
  struct stat attr;
  Print("getppid", MinNs([] { syscall(SYS_getppid); }));
  Print("read", MinNs([&] { (void)!read(fd, bytes.data(), bytes.size()); }));
  Print("pread", MinNs([&] { (void)!pread(fd, bytes.data(), bytes.size(), 0); }));
  Print("fstat", MinNs([&] { fstat(fd, &attr); }));
}

void PrintPathCalls(const std::string& path) {
  const std::string missing = path + ".missing";
  struct stat attr;
  Print("stat", MinNs([&] { stat(path.c_str(), &attr); }));
  Print("open+close", MinNs([&] { close(open(path.c_str(), O_RDONLY | O_CLOEXEC)); }));
  Print("access ENOENT", MinNs([&] { access(missing.c_str(), F_OK); }));
}

int Main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: guest_calls DIR\n");
    return 2;
  }
  const std::string path = std::string(argv[1]) + "/guest_calls.file";
  const int fd = MakeFile(path);
  PrintDescriptorCalls(fd);
  PrintPathCalls(path);
  puts("}");
  close(fd);
  return unlink(path.c_str()) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::Main(argc, argv); }
