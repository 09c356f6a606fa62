#include "sdk/testing/sparse_bytes.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "sdk/testing/ram_budget.h"

namespace umsdk {
namespace {

constexpr uint64_t kPage = SparseBytes::kPageSize;

std::string Contents(const SparseBytes& bytes) {
  std::string all(bytes.size() + 5, 'x');
  all.resize(bytes.Read(0, all));
  return all;
}

TEST(SparseBytesTest, ReadsBackWhatWasWrittenAndZerosBetween) {
  Budget budget(100);
  SparseBytes bytes(budget);
  EXPECT_EQ(bytes.Write(kPage - 1, std::string("ab")), 2u);
  EXPECT_EQ(Contents(bytes), std::string(kPage - 1, '\0') + "ab");
  EXPECT_EQ(bytes.allocated_pages(), 2u);
  std::string out(10, 'x');
  EXPECT_EQ(bytes.Read(kPage + 1, out), 0u);
  EXPECT_EQ(bytes.Read(kPage, out), 1u);
  EXPECT_EQ(out[0], 'b');
}

TEST(SparseBytesTest, ShrinkingForgetsWhatWasBehindTheEnd) {
  Budget budget(100);
  SparseBytes bytes(budget);
  bytes.Write(0, std::string(3 * kPage, 'a'));
  bytes.Resize(10);
  EXPECT_EQ(bytes.allocated_pages(), 1u);
  EXPECT_EQ(budget.free(), 99u);
  bytes.Resize(2 * kPage);
  EXPECT_EQ(Contents(bytes), std::string(10, 'a') + std::string(2 * kPage - 10, '\0'));
}

TEST(SparseBytesTest, FindsDataAndHoles) {
  Budget budget(100);
  SparseBytes bytes(budget);
  bytes.Write(2 * kPage + 7, std::string("data"));
  bytes.Resize(5 * kPage);
  EXPECT_EQ(bytes.NextData(0), 2 * kPage);
  EXPECT_EQ(bytes.NextData(2 * kPage + 9), 2 * kPage + 9);
  EXPECT_EQ(bytes.NextData(3 * kPage), std::nullopt);
  EXPECT_EQ(bytes.NextHole(1), 1u);
  EXPECT_EQ(bytes.NextHole(2 * kPage + 1), 3 * kPage);
  bytes.Write(4 * kPage, std::string(kPage, 'z'));
  EXPECT_EQ(bytes.NextHole(4 * kPage), 5 * kPage) << "the end counts as a hole";
}

TEST(SparseBytesTest, ReservedPagesAreHolesThatCannotFail) {
  Budget budget(3);
  SparseBytes bytes(budget);
  EXPECT_FALSE(bytes.Reserve(0, 3 * kPage + 1));
  EXPECT_EQ(budget.free(), 3u);
  ASSERT_TRUE(bytes.Reserve(1, kPage));
  EXPECT_EQ(budget.free(), 1u);
  EXPECT_EQ(bytes.size(), 0u);
  bytes.Resize(bytes.size());
  EXPECT_EQ(budget.free(), 3u) << "not growing frees what is behind the end";
  ASSERT_TRUE(bytes.Reserve(0, 3 * kPage));
  EXPECT_EQ(bytes.Write(0, std::string(4 * kPage, 'a')), 3 * kPage);
}

TEST(SparseBytesTest, AHugeSparseFileIsCheap) {
  Budget budget(10);
  SparseBytes bytes(budget);
  constexpr uint64_t kHuge = uint64_t{1} << 62;
  EXPECT_EQ(bytes.Write(kHuge, std::string("end")), 3u);
  EXPECT_EQ(bytes.size(), kHuge + 3);
  EXPECT_EQ(bytes.NextData(0), kHuge);
  EXPECT_FALSE(bytes.Reserve(0, kHuge));
  bytes.Punch(0, kHuge);
  EXPECT_EQ(bytes.allocated_pages(), 1u);
  bytes.Resize(0);
  EXPECT_EQ(budget.free(), 10u);
}

TEST(SparseBytesTest, GivesItsPagesBackWhenItGoes) {
  Budget budget(10);
  {
    SparseBytes bytes(budget);
    bytes.Write(0, std::string(2 * kPage, 'a'));
    ASSERT_TRUE(bytes.Reserve(4 * kPage, kPage));
    EXPECT_EQ(budget.free(), 7u);
  }
  EXPECT_EQ(budget.free(), 10u);
}

// Random operations on SparseBytes and on a plain string.
TEST(SparseBytesTest, BehavesAsAStringOfBytes) {
  constexpr uint64_t kSpan = 6 * kPage;
  for (uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](uint64_t bound) {
      return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random);
    };
    Budget budget(1000);
    SparseBytes bytes(budget);
    std::string model;
    for (int step = 0; step < 300; ++step) {
      // Half of the positions on page borders.
      uint64_t at = below(kSpan);
      uint64_t length = 1 + below(2 * kPage);
      if (below(2) == 0) at = at / kPage * kPage;
      if (below(2) == 0) length = (1 + length / kPage) * kPage;
      switch (below(5)) {
        case 0:
          model.resize(std::max<size_t>(model.size(), at + length));
          model.replace(at, length, length, static_cast<char>('a' + step % 26));
          ASSERT_EQ(bytes.Write(at, std::string(length, static_cast<char>('a' + step % 26))),
                    length);
          break;
        case 1:
          model.resize(at);
          bytes.Resize(at);
          break;
        case 2:
        case 3:
          if (at < model.size()) {
            const size_t count = std::min<size_t>(length, model.size() - at);
            model.replace(at, count, count, '\0');
          }
          step % 2 == 0 ? bytes.Punch(at, length) : bytes.Zero(at, length);
          break;
        default:
          ASSERT_TRUE(bytes.Reserve(at, length));
      }
      ASSERT_EQ(Contents(bytes), model) << "seed " << seed << " step " << step;
      ASSERT_EQ(budget.total() - budget.free(), bytes.allocated_pages());
      // Whatever is not zero must be found as data.
      for (uint64_t page = 0; page * kPage < model.size(); ++page) {
        const bool zero = model.find_first_not_of('\0', page * kPage) >= (page + 1) * kPage;
        if (!zero) {
          ASSERT_EQ(bytes.NextData(page * kPage), page * kPage);
        }
      }
    }
  }
}

}  // namespace
}  // namespace umsdk
