// random_data DIR MODEL SEED COUNT: random operations on the data of one file, through several
// descriptors and mappings; see twin_run.h.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "tests/live/twin_run.h"

namespace umsdk::live {
namespace {

constexpr unsigned kMaxSize = 300000;
constexpr int kFiles = 3;  // descriptors of the same file

class DataRun {
 public:
  explicit DataRun(char** argv) : run_(argv) {
    for (int i = 0; i < kFiles; ++i) Open(i, O_RDWR | O_CREAT);
  }

  void Run() {
    run_.Run([this] {
      using Step = void (DataRun::*)();
      // The more often one stands here, the more often it is made.
      constexpr Step kSteps[] = {
          &DataRun::Write,    &DataRun::Write,   &DataRun::Write,  &DataRun::Read,  &DataRun::Read,
          &DataRun::Read,     &DataRun::MapWrite, &DataRun::MapRead, &DataRun::Truncate, &DataRun::Append,
          &DataRun::Allocate, &DataRun::Copy,    &DataRun::Sync,   &DataRun::Reopen, &DataRun::Stat};
      (this->*kSteps[run_.Pick(std::size(kSteps))])();
      if (run_.done() % 100 == 0) CompareAll();
    });
    CompareAll();
  }

 private:
  std::string Path(Side side) const { return run_.top(side) + "/data"; }
  int fd(Side side) const { return fds_[side][which_]; }

  void Open(int which, int flags) {
    run_.Both("open", [&](Side side) {
      if (fds_[side][which] >= 0) ::close(fds_[side][which]);
      fds_[side][which] = ::open(Path(side).c_str(), flags, 0600);
      return fds_[side][which] >= 0 ? 0 : -1;
    });
  }
  void Pick() { which_ = static_cast<int>(run_.Pick(kFiles)); }
  // Most are small, some end beyond the end, a few are large.
  void PickRange() {
    offset_ = run_.Pick(kMaxSize);
    length_ = 1 + run_.Pick(run_.Pick(8) == 0 ? kMaxSize : 5000);
    length_ = std::min(length_, kMaxSize - offset_);
    if (length_ == 0) length_ = 1;
  }
  std::string Text(const char* what) const {
    return std::string(what) + " " + std::to_string(length_) + " at " + std::to_string(offset_);
  }
  std::vector<char> Fresh() {
    std::vector<char> bytes(length_);
    const unsigned start = run_.Pick(251);
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((start + i * 3) % 251);
    return bytes;
  }
  off_t Size() {
    struct stat st = {};
    ::fstat(fds_[kModel][0], &st);
    return st.st_size;
  }

  void Write() {
    Pick(), PickRange();
    std::vector<char> bytes = Fresh();
    run_.Both(Text("write"), [&](Side side) { return ::pwrite(fd(side), bytes.data(), length_, offset_); });
  }
  void Read() {
    Pick(), PickRange();
    ReadRange("read");
  }
  void ReadRange(const char* what) {
    std::vector<char> got[2] = {std::vector<char>(length_), std::vector<char>(length_)};
    run_.Both(Text(what), [&](Side side) { return ::pread(fd(side), got[side].data(), length_, offset_); });
    auto [a, b] = std::mismatch(got[0].begin(), got[0].end(), got[1].begin());
    if (a != got[0].end()) run_.Fail("differs at +" + std::to_string(a - got[0].begin()));
  }
  void CompareAll() {
    Stat();
    offset_ = 0;
    length_ = kMaxSize + 8192;
    ReadRange("whole");
  }
  // A mapping of what lies within the file.
  bool PickMapped() {
    Pick(), PickRange();
    const off_t size = Size();
    if (size == 0) return false;
    offset_ = static_cast<unsigned>(offset_ % size);
    length_ = static_cast<unsigned>(std::min<off_t>(length_, size - offset_));
    return true;
  }
  template <typename Use>
  void Mapped(const char* what, int protection, const Use& use) {
    constexpr unsigned kPage = 4096;
    const unsigned lead = offset_ % kPage;
    run_.Both(Text(what), [&](Side side) -> long {
      void* at = ::mmap(nullptr, lead + length_, protection, MAP_SHARED, fd(side), offset_ - lead);
      if (at == MAP_FAILED) return -1;
      use(side, static_cast<char*>(at) + lead);
      return ::munmap(at, lead + length_);
    });
  }
  void MapRead() {
    if (!PickMapped()) return;
    std::vector<char> got[2];
    Mapped("map read", PROT_READ, [&](Side side, char* at) { got[side].assign(at, at + length_); });
    if (got[0] != got[1]) run_.Fail("differs");
  }
  void MapWrite() {
    if (!PickMapped()) return;
    std::vector<char> bytes = Fresh();
    Mapped("map write", PROT_READ | PROT_WRITE,
           [&](Side, char* at) { std::copy(bytes.begin(), bytes.end(), at); });
  }
  void Truncate() {
    Pick(), PickRange();
    run_.Both(Text("truncate"), [&](Side side) { return ::ftruncate(fd(side), offset_); });
  }
  void Append() {
    PickRange();
    if (Size() + length_ > kMaxSize) return;
    std::vector<char> bytes = Fresh();
    run_.Both(Text("append"), [&](Side side) -> long {
      int end = ::open(Path(side).c_str(), O_WRONLY | O_APPEND);
      long count = ::write(end, bytes.data(), length_);
      ::close(end);
      return count;
    });
  }
  void Allocate() {
    Pick(), PickRange();
    constexpr int kModes[] = {0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE};
    const int mode = kModes[run_.Pick(std::size(kModes))];
    run_.Both(Text(("fallocate " + std::to_string(mode)).c_str()),
              [&](Side side) { return ::fallocate(fd(side), mode, offset_, length_); });
  }
  void Copy() {
    Pick(), PickRange();
    const unsigned to = run_.Pick(kMaxSize);
    if ((to < offset_ + length_ && offset_ < to + length_) || to + length_ > kMaxSize) return;
    run_.Both(Text(("copy to " + std::to_string(to)).c_str()), [&](Side side) -> long {
      loff_t in = offset_, out = to;
      long total = 0, count;
      while (total < static_cast<long>(length_) &&
             (count = ::copy_file_range(fd(side), &in, fd(side), &out, length_ - total, 0)) > 0) {
        total += count;
      }
      return total;
    });
  }
  void Sync() {
    Pick();
    run_.Both("fsync", [&](Side side) { return ::fsync(fd(side)); });
  }
  void Reopen() {
    Pick();
    Open(which_, O_RDWR | (run_.Pick(10) == 0 ? O_TRUNC : 0));
  }
  void Stat() {
    Pick();
    run_.Both("size", [&](Side side) -> long {
      struct stat st = {};
      return ::fstat(fd(side), &st) == 0 ? st.st_size : -1;
    });
    run_.Both("seek end", [&](Side side) { return ::lseek(fd(side), 0, SEEK_END); });
  }

  TwinRun run_;
  int fds_[2][kFiles] = {{-1, -1, -1}, {-1, -1, -1}};
  int which_ = 0;
  unsigned offset_ = 0, length_ = 1;
};

}  // namespace
}  // namespace umsdk::live

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  umsdk::live::DataRun(argv).Run();
}
