#include "sdk/base/status_macros.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace umsdk {
namespace {

absl::StatusOr<int> Half(int n) {
  if (n % 2 != 0) return absl::InvalidArgumentError("odd");
  return n / 2;
}

absl::StatusOr<std::unique_ptr<int>> Boxed(int n) {
  UMSDK_ASSIGN_OR_RETURN(const int half, Half(n));
  UMSDK_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return std::make_unique<int>(quarter);
}

absl::Status Check(int n, bool* reached_end) {
  UMSDK_RETURN_IF_ERROR(Half(n).status());
  *reached_end = true;
  return absl::OkStatus();
}

TEST(StatusMacrosTest, AssignGoesOnOrLeavesTheFunction) {
  absl::StatusOr<std::unique_ptr<int>> boxed = Boxed(12);
  ASSERT_TRUE(boxed.ok());
  EXPECT_EQ(**boxed, 3);
  EXPECT_EQ(Boxed(6).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(StatusMacrosTest, ReturnIfErrorPassesTheErrorOn) {
  bool reached_end = false;
  EXPECT_FALSE(Check(1, &reached_end).ok());
  EXPECT_FALSE(reached_end);
  EXPECT_TRUE(Check(2, &reached_end).ok());
  EXPECT_TRUE(reached_end);
}

}  // namespace
}  // namespace umsdk
