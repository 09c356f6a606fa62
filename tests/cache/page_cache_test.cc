// A guest reads, maps and rewrites a file ten times larger than what the view may keep: it sees the
// right bytes, and the supervisor never holds more than it may.
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/cache/large_file_fs.h"
#include "umsdk/umsdk.h"

namespace cache_test {
namespace {

constexpr uint64_t kTotal = kFileSize / 10;
constexpr uint64_t kMappable = 1 << 20;

// Bytes in the memfds of this process, which is the supervisor.
uint64_t MemfdBytes() {
  uint64_t bytes = 0;
  DIR* dir = opendir("/proc/self/fd");
  if (dir == nullptr) return 0;
  while (dirent* entry = readdir(dir)) {
    std::string path = std::string("/proc/self/fd/") + entry->d_name;
    char text[64] = {};
    struct stat st;
    if (readlink(path.c_str(), text, sizeof(text) - 1) <= 0) continue;
    if (std::string(text).starts_with("/memfd:") && stat(path.c_str(), &st) == 0) {
      bytes += static_cast<uint64_t>(st.st_blocks) * 512;
    }
  }
  closedir(dir);
  return bytes;
}

uint64_t PrivateBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1024;
  }
  return 0;
}

class LargeFileService final : public umsdk::Service {
 public:
  explicit LargeFileService(std::shared_ptr<LargeFileFs> fs) : fs_(std::move(fs)) {}
  std::string_view name() const override { return "largefile"; }
  umsdk::Claims claims() const override { return umsdk::Claim::FsType("largefile"); }
  umsdk::ErrnoOr<umsdk::Mounted> OnMount(umsdk::SyscallContext&,
                                         const umsdk::MountRequest&) override {
    umsdk::Mounted mounted;
    mounted.file_system = fs_;
    return mounted;
  }

 private:
  std::shared_ptr<LargeFileFs> fs_;
};

class PageCacheTest : public testing::TestWithParam<umsdk::EngineKind> {
 protected:
  void TearDown() override { rmdir(mount_); }
  char mount_[32] = "/tmp/cache.XXXXXX";
};

TEST_P(PageCacheTest, StaysUnderItsBound) {
  ASSERT_NE(mkdtemp(mount_), nullptr);
  std::atomic<uint64_t> most{0};
  uint64_t before = 0;
  auto fs = std::make_shared<LargeFileFs>([&] {
    uint64_t now = MemfdBytes() + PrivateBytes() - std::min(before, PrivateBytes());
    for (uint64_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
  });
  auto supervisor = umsdk::Supervisor::Builder()
                        .WithEngine(GetParam())
                        .WithCache(kMappable, kTotal)
                        .AddService(std::make_unique<LargeFileService>(fs))
                        .Build();
  ASSERT_TRUE(supervisor.ok()) << supervisor.status();
  ASSERT_TRUE(supervisor->Mount("none", mount_, "largefile", 0, "").ok());
  before = PrivateBytes();
  auto exit = supervisor->Run(umsdk::Command("tests/cache/large_file_guest")
                                  .Arg(std::string(mount_) + "/large")
                                  .Arg(std::to_string(kMappable)));
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(exit->code, 0) << "the step that failed in the guest; signal " << exit->signal;
  EXPECT_TRUE(fs->all_rewritten());
  EXPECT_GT(most, 0u);
  // The buffers of a call under way and what the allocator keeps come on top.
  constexpr uint64_t kAllowance = 3 << 20;
  EXPECT_LE(most, kTotal + kAllowance);
}

INSTANTIATE_TEST_SUITE_P(Engines, PageCacheTest,
                         testing::Values(umsdk::EngineKind::kNotify, umsdk::EngineKind::kPtrace),
                         [](const auto& info) {
                           return info.param == umsdk::EngineKind::kNotify ? "notify" : "ptrace";
                         });

}  // namespace
}  // namespace cache_test
