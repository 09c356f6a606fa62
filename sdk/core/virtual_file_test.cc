#include "sdk/core/virtual_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

// A file that is a string, and counts what is asked of it.
class StringBacking final : public Backing {
 public:
  explicit StringBacking(std::string& bytes) : bytes_(bytes) {}
  ErrnoOr<OpenReply> Open(const Caller&, int) override { return OpenReply(); }
  void Adopt(const OpenReply&, int) override {}
  ErrnoOr<Attr> Stat() override {
    Attr attr;
    attr.mode = S_IFREG | 0644;
    attr.size = bytes_.size() + boast;
    return attr;
  }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    if (offset >= bytes_.size()) return size_t{0};
    return bytes_.copy(out.data(), out.size(), offset);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    if (bytes_.size() < offset + bytes.size()) bytes_.resize(offset + bytes.size());
    std::memcpy(bytes_.data() + offset, bytes.data(), bytes.size());
    return bytes.size();
  }
  ErrnoOrOk Truncate(const Caller&, uint64_t size) override {
    bytes_.resize(size);
    return {};
  }
  ErrnoOrOk Fallocate(int, uint64_t, uint64_t) override { return Errno(EOPNOTSUPP); }
  ErrnoOr<uint64_t> Seek(uint64_t, int) override { return Errno(EOPNOTSUPP); }
  ErrnoOrOk Fsync(bool) override { return {}; }
  ErrnoOrOk Close() override { return {}; }

  static inline uint64_t boast = 0;  // bytes that it says it has, but has not

 private:
  std::string& bytes_;
};

class VirtualFileTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kFileLimit = 1 << 20, kTotal = 2 << 20;

  void SetUp() override {
    file_ = std::make_unique<VirtualFile>(nullptr, nullptr, "/f", std::make_unique<StringBacking>(bytes_),
                                          budget_, cache_, false);
    ASSERT_TRUE(file_->Init().ok());
  }
  UniqueFd Open(int flags) {
    ErrnoOr<UniqueFd> fd = file_->Open(Caller{}, flags);
    EXPECT_TRUE(fd.ok());
    return fd.ok() ? *std::move(fd) : UniqueFd();
  }
  std::string ReadAt(uint64_t offset, size_t size) {
    std::string text(size, '\0');
    ErrnoOr<size_t> count = file_->ReadAt(offset, text);
    text.resize(count.ok() ? *count : 0);
    return text;
  }

  std::string bytes_;
  MemoryBudget budget_{kFileLimit, kTotal};
  BlockCache cache_{512 * 1024};
  std::unique_ptr<VirtualFile> file_;
};

TEST_F(VirtualFileTest, KernelReadsWhatFits) {
  bytes_ = "0123456789";
  UniqueFd fd = Open(O_RDONLY);
  ErrnoOr<bool> native = file_->Populate();
  ASSERT_TRUE(native.ok());
  EXPECT_TRUE(*native);
  char text[4];
  ASSERT_EQ(::pread(fd.get(), text, 4, 3), 4);
  EXPECT_EQ(std::string(text, 4), "3456");
  EXPECT_EQ(budget_.used(), 10u);
}

TEST_F(VirtualFileTest, LargeFileIsReadThroughTheBoundedCache) {
  bytes_.resize(3 * kFileLimit);
  for (size_t i = 0; i < bytes_.size(); i += 1000) bytes_[i] = static_cast<char>('a' + i / 1000 % 26);
  UniqueFd fd = Open(O_RDONLY);
  ErrnoOr<bool> native = file_->Populate();
  ASSERT_TRUE(native.ok());
  EXPECT_FALSE(*native);
  EXPECT_EQ(ReadAt(0, bytes_.size()), bytes_);
  EXPECT_LE(cache_.bytes(), 512u * 1024);
  EXPECT_EQ(budget_.used(), 0u);
  EXPECT_EQ(ReadAt(bytes_.size() - 5, 100).size(), 5u);
}

TEST_F(VirtualFileTest, WritesReachTheBackingFirstAndReadersAfter) {
  bytes_ = "0123456789";
  UniqueFd fd = Open(O_RDWR);
  ASSERT_TRUE(file_->Populate().ok());
  WritePlace place{fd.get(), std::nullopt, false, UINT64_MAX};
  ErrnoOr<size_t> count = file_->Write(place, std::span<const char>("AB", 2));
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(bytes_, "AB23456789");
  EXPECT_EQ(::lseek(fd.get(), 0, SEEK_CUR), 2) << "the guest's offset moved";
  place.append = true;
  ASSERT_TRUE(file_->Write(place, std::span<const char>("end", 3)).ok());
  EXPECT_EQ(bytes_, "AB23456789end");
  EXPECT_EQ(ReadAt(0, 100), bytes_);
}

TEST_F(VirtualFileTest, LimitOfTheGuestCutsAndThenRefuses) {
  UniqueFd fd = Open(O_RDWR);
  WritePlace place{fd.get(), std::nullopt, false, 4};
  ErrnoOr<size_t> count = file_->Write(place, std::span<const char>("123456", 6));
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(*count, 4u);
  count = file_->Write(place, std::span<const char>("5", 1));
  ASSERT_FALSE(count.ok());
  EXPECT_EQ(count.error(), Errno(EFBIG));
}

TEST_F(VirtualFileTest, StoresThroughMappingsAreWrittenBackWhenTheLastOneGoes) {
  bytes_ = std::string(5000, 'a');
  UniqueFd fd = Open(O_RDWR);
  ASSERT_TRUE(file_->Map(0, bytes_.size(), true).ok());
  auto* map = static_cast<char*>(::mmap(nullptr, 5000, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0));
  ASSERT_NE(map, MAP_FAILED);
  fd.Reset();
  map[4500] = 'Z';
  EXPECT_FALSE(file_->Reap()) << "the mapping still holds it";
  EXPECT_EQ(bytes_[4500], 'a');
  ::munmap(map, 5000);
  EXPECT_TRUE(file_->Reap());
  EXPECT_EQ(bytes_[4500], 'Z');
  EXPECT_EQ(bytes_.size(), 5000u);
}

TEST_F(VirtualFileTest, StoresBehindTheEndThatTheFileHadWhenItWasMappedAreKept) {
  constexpr size_t kSize = 3 * 4096;
  UniqueFd fd = Open(O_RDWR);
  ASSERT_TRUE(file_->Map(0, kSize, true).ok());
  auto* map = static_cast<char*>(
      ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0));
  ASSERT_NE(map, MAP_FAILED);
  ASSERT_TRUE(file_->Truncate(Caller{}, kSize).ok());
  map[5000] = 'Z';
  ::munmap(map, kSize);
  fd.Reset();
  EXPECT_TRUE(file_->Reap());
  ASSERT_EQ(bytes_.size(), kSize);
  EXPECT_EQ(bytes_[5000], 'Z');
}

TEST_F(VirtualFileTest, MappingBeyondTheLimitIsRefused) {
  bytes_.resize(2 * kFileLimit);
  UniqueFd fd = Open(O_RDONLY);
  ErrnoOrOk mapped = file_->Map(kFileLimit, kFileLimit, false);
  ASSERT_FALSE(mapped.ok());
  EXPECT_EQ(mapped.error(), Errno(ENODEV));
}

TEST_F(VirtualFileTest, TruncationIsSeenByEveryOpen) {
  bytes_ = "0123456789";
  UniqueFd fd = Open(O_RDONLY);
  ASSERT_TRUE(file_->Populate().ok());
  ASSERT_TRUE(file_->Truncate(Caller{}, 3).ok());
  EXPECT_EQ(::lseek(fd.get(), 0, SEEK_END), 3);
  ASSERT_TRUE(file_->Truncate(Caller{}, 6).ok());
  EXPECT_EQ(ReadAt(0, 10), std::string("012\0\0\0", 6));
  EXPECT_LE(budget_.used(), 6u);
}

TEST_F(VirtualFileTest, AShortReadIsTheEndOfTheFile) {
  bytes_ = "four";
  StringBacking::boast = 100;
  UniqueFd fd = Open(O_RDONLY);
  EXPECT_TRUE(*file_->Populate());
  StringBacking::boast = 0;
  char out[200];
  EXPECT_EQ(::pread(fd.get(), out, sizeof(out), 0), 4);
}

TEST_F(VirtualFileTest, WhatChangedBehindItIsSeenByThoseWhoHaveItOpen) {
  bytes_ = "first text";
  UniqueFd fd = Open(O_RDONLY);
  EXPECT_TRUE(*file_->Populate());
  char out[200];
  for (std::string now : {std::string("longer than the first text"), std::string("short"),
                          std::string(9, '\0') + "x"}) {
    bytes_ = now;
    file_->MarkOld();
    EXPECT_TRUE(*file_->Populate());
    ssize_t count = ::pread(fd.get(), out, sizeof(out), 0);
    EXPECT_EQ(std::string(out, static_cast<size_t>(std::max<ssize_t>(count, 0))), now);
  }
}

}  // namespace
}  // namespace umsdk
