#include "services/umdev/image_storage.h"

#include <linux/falloc.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "services/umdev/test_support.h"

namespace umsdk::umdev {
namespace {

// What the file saw, and how it answers; the test keeps it.
struct FakeFile {
  std::string bytes;
  bool has_holes = true;
  size_t most = ~size_t{0};  // bytes a call
  int syncs = 0;
  int holes = 0;
};

class FakeHostFile final : public HostFile {
 public:
  explicit FakeHostFile(FakeFile& file) : file_(file) {}
  ErrnoOr<Attr> Stat() override { return Attr{}; }
  ErrnoOr<uint64_t> Size() override { return uint64_t{file_.bytes.size()}; }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    if (offset >= file_.bytes.size()) return size_t{0};
    size_t count = std::min({out.size(), file_.bytes.size() - offset, file_.most});
    std::memcpy(out.data(), file_.bytes.data() + offset, count);
    return count;
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    size_t count = std::min(bytes.size(), file_.most);
    if (offset + count > file_.bytes.size()) return Errno(ENOSPC);
    std::memcpy(file_.bytes.data() + offset, bytes.data(), count);
    return count;
  }
  ErrnoOrOk Truncate(uint64_t) override { return Errno(EPERM); }
  ErrnoOrOk Allocate(int mode, uint64_t offset, uint64_t length) override {
    if (mode != (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE) || !file_.has_holes)
      return Errno(EOPNOTSUPP);
    std::fill_n(file_.bytes.begin() + static_cast<ptrdiff_t>(offset), length, '\0');
    ++file_.holes;
    return {};
  }
  ErrnoOrOk Sync() override {
    ++file_.syncs;
    return {};
  }
  ErrnoOr<int64_t> Ioctl(uint64_t, uint64_t, IoctlMemory&) override { return Errno(ENOTTY); }

 private:
  FakeFile& file_;
};

class ImageStorageTest : public testing::Test {
 protected:
  std::unique_ptr<Storage> Make(bool read_only = false) {
    ErrnoOr<std::unique_ptr<Storage>> storage =
        ImageStorage::Create(std::make_unique<FakeHostFile>(file_), read_only);
    EXPECT_TRUE(storage.ok());
    return *std::move(storage);
  }
  FakeFile file_{.bytes = std::string(4096, 'x')};
};

TEST_F(ImageStorageTest, HasWholeSectors) {
  EXPECT_EQ(Make()->size(), 4096u);
  file_.bytes.resize(1535);
  EXPECT_EQ(Make()->size(), 1024u);
  file_.bytes.resize(511);
  EXPECT_THAT(ImageStorage::Create(std::make_unique<FakeHostFile>(file_), false),
              FailsWith(EINVAL));
}

TEST_F(ImageStorageTest, BytesReachTheFileAndComeBack) {
  std::unique_ptr<Storage> storage = Make();
  EXPECT_THAT(storage->Write(100, std::string("hello")), Gives(5));
  EXPECT_EQ(file_.bytes.substr(99, 7), "xhellox");
  std::string seen(5, '?');
  EXPECT_THAT(storage->Read(100, seen), Gives(5));
  EXPECT_EQ(seen, "hello");
  EXPECT_FALSE(storage->read_only());
  EXPECT_TRUE(Make(true)->read_only());
  EXPECT_TRUE(storage->Flush().ok());
  EXPECT_EQ(file_.syncs, 1);
}

TEST_F(ImageStorageTest, ShortReadsGoOnAndALostEndIsZeros) {
  std::unique_ptr<Storage> storage = Make();
  file_.most = 100;
  std::string seen(1000, '?');
  EXPECT_THAT(storage->Read(0, seen), Gives(1000));
  EXPECT_EQ(seen, std::string(1000, 'x'));
  file_.bytes.resize(300);
  EXPECT_THAT(storage->Read(0, seen), Gives(1000));
  EXPECT_EQ(seen, std::string(300, 'x') + std::string(700, '\0'));
}

TEST_F(ImageStorageTest, DiscardsAndZerosAreHoles) {
  std::unique_ptr<Storage> storage = Make();
  EXPECT_TRUE(storage->Discard(512, 1024).ok());
  EXPECT_TRUE(storage->Zero(2048, 512).ok());
  EXPECT_EQ(file_.holes, 2);
  std::string expected(4096, 'x');
  expected.replace(512, 1024, 1024, '\0').replace(2048, 512, 512, '\0');
  EXPECT_EQ(file_.bytes, expected);
}

TEST_F(ImageStorageTest, WithoutHolesZerosAreWritten) {
  std::unique_ptr<Storage> storage = Make();
  file_.has_holes = false;
  file_.most = 100;
  EXPECT_THAT(storage->Discard(512, 1024), FailsWith(EOPNOTSUPP));
  EXPECT_TRUE(storage->Zero(512, 1024).ok());
  EXPECT_EQ(file_.bytes, std::string(512, 'x') + std::string(1024, '\0') + std::string(2560, 'x'));
}

}  // namespace
}  // namespace umsdk::umdev
