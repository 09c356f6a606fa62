// guest_reads DIR BLOCK...: the bandwidth of reading a 16 MiB file in DIR from its beginning to
// its end, over and over, in blocks of BLOCK bytes; prints {"BLOCK": MiB per second, ...}.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/bench/measure.h"

namespace umsdk {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kFileSize = 16 * kMiB;

bool Fill(int fd) {
  const std::vector<char> bytes(kMiB, 'x');
  for (size_t done = 0; done < kFileSize; done += bytes.size()) {
    if (write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) return false;
  }
  return true;
}

bool ReadAll(int fd, std::vector<char>& block) {
  if (lseek(fd, 0, SEEK_SET) != 0) return false;
  size_t done = 0;
  while (true) {
    const ssize_t count = read(fd, block.data(), block.size());
    if (count < 0) return false;
    if (count == 0) return done == kFileSize;
    done += static_cast<size_t>(count);
  }
}

int Main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: guest_reads DIR BLOCK...\n");
    return 2;
  }
  const std::string path = std::string(argv[1]) + "/guest_reads.file";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_TRUNC, 0600);
  bool good = fd >= 0 && Fill(fd);
  const char* separator = "{";
  for (int i = 2; i < argc && good; ++i) {
    std::vector<char> block(strtoul(argv[i], nullptr, 10));
    const double ns = MinNs([&] { good = good && ReadAll(fd, block); });
    printf("%s\"%s\": %.0f", separator, argv[i], kFileSize / (ns * 1e-9) / kMiB);
    separator = ", ";
  }
  puts("}");
  if (!good) perror(path.c_str());
  close(fd);
  unlink(path.c_str());
  return good ? 0 : 1;
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::Main(argc, argv); }
