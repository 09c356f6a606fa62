#include "services/umdev/sparse_storage.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "services/umdev/test_support.h"

namespace umsdk::umdev {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

std::unique_ptr<SparseStorage> Make(uint64_t size) {
  ErrnoOr<std::unique_ptr<SparseStorage>> storage = SparseStorage::Create(size);
  EXPECT_TRUE(storage.ok());
  return *std::move(storage);
}

std::string ReadAt(const SparseStorage& storage, uint64_t offset, size_t count) {
  std::string bytes(count, '?');
  bytes.resize(storage.Read(offset, bytes));
  return bytes;
}

// Bytes of this process that are in memory.
int64_t ResidentBytes() {
  int64_t pages = 0;
  int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

TEST(SparseStorageTest, StartsAsZeros) {
  std::unique_ptr<SparseStorage> storage = Make(10000);
  EXPECT_EQ(storage->size(), 10000u);
  EXPECT_EQ(ReadAt(*storage, 0, 10000), std::string(10000, '\0'));
}

TEST(SparseStorageTest, KeepsWhatIsWrittenAcrossPages) {
  std::unique_ptr<SparseStorage> storage = Make(kMiB);
  std::string text = "begin" + std::string(9000, '\0') + "end";
  EXPECT_EQ(storage->Write(4090, text), text.size());
  EXPECT_EQ(ReadAt(*storage, 4089, text.size() + 2), '\0' + text + '\0');
  EXPECT_EQ(storage->Write(4091, std::string(3, '\0')), 3u);
  EXPECT_EQ(ReadAt(*storage, 4090, 5), std::string("b\0\0\0n", 5));
}

TEST(SparseStorageTest, StopsAtTheEnd) {
  std::unique_ptr<SparseStorage> storage = Make(1000);
  EXPECT_EQ(storage->Write(990, std::string(20, 'x')), 10u);
  EXPECT_EQ(ReadAt(*storage, 985, 100), std::string(5, '\0') + std::string(10, 'x'));
  for (uint64_t offset : {uint64_t{1000}, uint64_t{1001}, ~uint64_t{0}}) {
    EXPECT_EQ(storage->Write(offset, std::string("x")), 0u);
    EXPECT_EQ(ReadAt(*storage, offset, 1), "");
  }
  storage->Clear(995, ~uint64_t{0});
  storage->Clear(1000, 1);
  EXPECT_EQ(ReadAt(*storage, 990, 10), std::string(5, 'x') + std::string(5, '\0'));
}

TEST(SparseStorageTest, ClearsExactlyTheRange) {
  constexpr uint64_t kSize = 5 * 4096;
  for (uint64_t from : {0u, 1u, 4095u, 4096u, 5000u}) {
    for (uint64_t length : {0u, 1u, 100u, 4096u, 8192u, 10000u, 15480u}) {
      std::unique_ptr<SparseStorage> storage = Make(kSize);
      std::string expected(kSize, 'x');
      storage->Write(0, expected);
      storage->Clear(from, length);
      expected.replace(from, length, length, '\0');
      EXPECT_EQ(ReadAt(*storage, 0, kSize), expected) << from << " " << length;
    }
  }
}

TEST(SparseStorageTest, MemoryComesWithDataAndGoesWithIt) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer's shadow of what is read counts as resident";
#endif
  std::unique_ptr<SparseStorage> storage = Make(64 * kMiB);
  const std::string zeros(kMiB, '\0');
  const std::string data(kMiB, 'x');
  std::string buffer(kMiB, '?');
  int64_t before = ResidentBytes();
  for (uint64_t at = 0; at < storage->size(); at += kMiB) {
    storage->Write(at, zeros);
    storage->Read(at, buffer);
  }
  EXPECT_LT(ResidentBytes() - before, int64_t(16 * kMiB)) << "zeros took memory";
  for (uint64_t at = 0; at < storage->size(); at += kMiB) storage->Write(at, data);
  int64_t full = ResidentBytes();
  EXPECT_GT(full - before, int64_t(48 * kMiB));
  storage->Clear(0, storage->size());
  EXPECT_GT(full - ResidentBytes(), int64_t(48 * kMiB)) << "a discard kept memory";
}

TEST(SparseStorageTest, HugeDisksAreCheap) {
  // Sanitizers keep much of the address space for themselves.
  uint64_t size = getenv("UMSDK_SANITIZED") != nullptr ? 1024 * kMiB : uint64_t{1} << 40;
  std::unique_ptr<SparseStorage> storage = Make(size);
  EXPECT_EQ(storage->Write(size - 3, std::string("end")), 3u);
  EXPECT_EQ(ReadAt(*storage, size - 4, 10), std::string("\0end", 4));
  storage->Clear(0, size);
  EXPECT_EQ(ReadAt(*storage, size - 3, 3), std::string(3, '\0'));
}

TEST(SparseStorageTest, ImpossibleSizesFail) {
  EXPECT_THAT(SparseStorage::Create(0), FailsWith(EINVAL));
  EXPECT_THAT(SparseStorage::Create(uint64_t{1} << 62), FailsWith(ENOMEM));
  EXPECT_THAT(SparseStorage::Create(~uint64_t{0}), FailsWith(ENOMEM));
}

TEST(SparseStorageTest, EachCallIsAtomic) {
  constexpr size_t kBlock = 3 * 4096;
  std::unique_ptr<SparseStorage> storage = Make(2 * kBlock);
  constexpr uint64_t kAt = 100;  // not aligned to pages
  std::vector<std::thread> writers;
  for (char letter : {'a', 'b', '\0'}) {
    writers.emplace_back([&storage, letter] {
      std::string bytes(kBlock, letter);
      for (int i = 0; i < 500; ++i) {
        if (letter == '\0') {
          storage->Clear(kAt, kBlock);
        } else {
          storage->Write(kAt, bytes);
        }
      }
    });
  }
  for (int i = 0; i < 500; ++i) {
    std::string seen = ReadAt(*storage, kAt, kBlock);
    ASSERT_EQ(seen, std::string(kBlock, seen[0])) << "a mixture";
  }
  for (std::thread& writer : writers) writer.join();
}

}  // namespace
}  // namespace umsdk::umdev
