// guest_mounts N DIR TYPE: mounts N file systems of TYPE in DIR, below directories that it makes,
// and prints what a stat of a real and of a mounted directory costs then, in ns. The mounts end
// with the view.

#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <string>

#include "tests/bench/measure.h"

namespace umsdk {
namespace {

std::string MountPoint(const char* dir, int number) {
  return std::string(dir) + "/m" + std::to_string(number);
}

double StatNs(const std::string& path) {
  struct stat attr;
  return MinNs([&] { stat(path.c_str(), &attr); });
}

int Main(int argc, char** argv) {
  const int count = argc == 4 ? atoi(argv[1]) : 0;
  if (count < 1) {
    fprintf(stderr, "usage: guest_mounts N DIR TYPE\n");
    return 2;
  }
  for (int i = 0; i < count; ++i) {
    const std::string path = MountPoint(argv[2], i);
    if (mkdir(path.c_str(), 0700) != 0 || mount("none", path.c_str(), argv[3], 0, nullptr) != 0) {
      perror(path.c_str());
      return 1;
    }
  }
  printf("{\"real\": %.1f, \"mounted\": %.1f}\n", StatNs(argv[2]),
         StatNs(MountPoint(argv[2], count / 2)));
  return 0;
}

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) { return umsdk::Main(argc, argv); }
