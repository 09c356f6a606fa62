// guest_files DIR: the cost of calls on files in DIR: prints {"stat, ns": ..., ...}.

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/measure.h"

namespace umsdk {
namespace {

constexpr size_t kMiB = size_t{1} << 20, kBlock = 4096;
constexpr size_t kFileSize = 16 * kMiB;
constexpr int kSmallFiles = 200, kEntries = 10000, kRounds = 3;

class Bench {
 public:
  explicit Bench(const std::string& dir) : dir_(dir + "/bench") { Need(::mkdir(dir_.c_str(), 0755)); }

  void Run() {
    Calls();
    Bulk();
    Listing();
    puts("}");
  }
  bool good() const { return good_; }

 private:
  void Need(long result) {
    if (result >= 0 || !good_) return;
    perror(dir_.c_str());
    good_ = false;
  }
  void Put(const char* name, double value) {
    printf("%s\"%s\": %.1f", separator_, name, value);
    separator_ = ", ";
  }
  // The fastest of a few rounds, each of them `count` calls; nanoseconds a call.
  void Time(const char* name, int count, const std::function<void()>& round) {
    double best = 1e18;
    for (int i = 0; i < kRounds; ++i) {
      const auto start = std::chrono::steady_clock::now();
      round();
      best = std::min(best, Seconds(std::chrono::steady_clock::now() - start));
    }
    Put(name, best * 1e9 / count);
  }
  std::string Small(int i) const { return dir_ + "/small" + std::to_string(i); }

  void Calls() {
    std::vector<char> bytes(kBlock, 'x');
    for (int i = 0; i < kSmallFiles; ++i) {
      int fd = ::open(Small(i).c_str(), O_CREAT | O_WRONLY, 0600);
      Need(::write(fd, bytes.data(), bytes.size()));
      Need(::close(fd));
    }
    const std::string one = Small(0);
    Time("stat, ns", 5000, [&] {
      struct stat st;
      for (int i = 0; i < 5000; ++i) Need(::stat(one.c_str(), &st));
    });
    Time("open+read+close of a small file, ns", kSmallFiles, [&] {
      for (int i = 0; i < kSmallFiles; ++i) {
        int fd = ::open(Small(i).c_str(), O_RDONLY);
        Need(::read(fd, bytes.data(), bytes.size()));
        Need(::close(fd));
      }
    });
  }
  void Bulk() {
    const std::string path = dir_ + "/large";
    std::vector<char> bytes(kMiB, 'x');
    int fd = ::open(path.c_str(), O_CREAT | O_RDWR, 0600);
    Need(fd);
    constexpr int kBlocks = kFileSize / kMiB;
    Time("sequential write, 1 MiB, ns", kBlocks, [&] {
      for (int i = 0; i < kBlocks; ++i) Need(::pwrite(fd, bytes.data(), kMiB, static_cast<off_t>(i * kMiB)));
    });
    Time("sequential read again, 1 MiB, ns", kBlocks, [&] {
      for (int i = 0; i < kBlocks; ++i) Need(::pread(fd, bytes.data(), kMiB, static_cast<off_t>(i * kMiB)));
    });
    // Every block once, far from the one before.
    constexpr size_t kStep = 1021;
    Time("random read, 4 KiB, ns", 2000, [&] {
      for (size_t i = 0; i < 2000; ++i) Need(::pread(fd, bytes.data(), kBlock, Offset(i * kStep)));
    });
    Time("random write, 4 KiB, ns", 2000, [&] {
      for (size_t i = 0; i < 2000; ++i) Need(::pwrite(fd, bytes.data(), kBlock, Offset(i * kStep)));
    });
    Need(::close(fd));
  }
  static off_t Offset(size_t block) { return static_cast<off_t>(block * kBlock % kFileSize); }

  void Listing() {
    const std::string path = dir_ + "/many";
    Need(::mkdir(path.c_str(), 0755));
    for (int i = 0; i < kEntries; ++i) Need(::mknod((path + "/" + std::to_string(i)).c_str(), S_IFREG | 0600, 0));
    Time("readdir, ns an entry of 10 000", kEntries, [&] {
      DIR* dir = ::opendir(path.c_str());
      int count = 0;
      while (dir != nullptr && ::readdir(dir) != nullptr) ++count;
      if (dir != nullptr) ::closedir(dir);
      Need(count >= kEntries ? 0 : -1);
    });
  }

  const std::string dir_;
  const char* separator_ = "{";
  bool good_ = true;
};

}  // namespace
}  // namespace umsdk

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  umsdk::Bench bench(argv[1]);
  bench.Run();
  return bench.good() ? 0 : 1;
}
