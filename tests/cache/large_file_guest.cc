// large_file_guest FILE MAPPABLE: reads the file, maps its first MAPPABLE bytes, rewrites it and
// reads it again. Exits with the number of the step at which something was wrong.
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tests/cache/pattern.h"

namespace {

using cache_test::kBlock;
using cache_test::kFileSize;

int Failed(int step, const char* what) {
  std::perror(what);
  return step;
}

bool ReadsAs(int fd, uint64_t generation) {
  std::vector<char> block(kBlock);
  for (uint64_t at = 0; at < kFileSize; at += kBlock) {
    if (pread(fd, block.data(), kBlock, static_cast<off_t>(at)) != static_cast<ssize_t>(kBlock))
      return false;
    if (!cache_test::Matches(block.data(), at, kBlock, generation)) return false;
  }
  return true;
}

bool Rewrite(int fd) {
  std::vector<char> block(kBlock);
  for (uint64_t at = 0; at < kFileSize; at += kBlock) {
    cache_test::Fill(block.data(), at, kBlock, 2);
    if (pwrite(fd, block.data(), kBlock, static_cast<off_t>(at)) != static_cast<ssize_t>(kBlock))
      return false;
  }
  return true;
}

bool MapsAs(int fd, size_t size, uint64_t generation) {
  void* map = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (map == MAP_FAILED) return false;
  bool good = cache_test::Matches(static_cast<char*>(map), 0, size, generation);
  munmap(map, size);
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 1;
  size_t mappable = std::strtoul(argv[2], nullptr, 10);
  int fd = open(argv[1], O_RDWR);
  if (fd < 0) return Failed(2, "open");
  if (!ReadsAs(fd, 1)) return Failed(3, "read");
  if (!MapsAs(fd, mappable, 1)) return Failed(4, "mmap");
  // docs/differences.md: pages could not be taken away under a mapping.
  void* beyond =
      mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(kFileSize) - 4096);
  if (beyond != MAP_FAILED || errno != ENODEV) return Failed(5, "mmap beyond the limit");
  if (!Rewrite(fd)) return Failed(6, "write");
  if (!ReadsAs(fd, 2)) return Failed(7, "read again");
  if (fsync(fd) != 0 || close(fd) != 0) return Failed(8, "close");
  fd = open(argv[1], O_RDONLY);
  if (fd < 0 || !MapsAs(fd, mappable, 2) || !ReadsAs(fd, 2)) return Failed(9, "read of a new open");
  return 0;
}
