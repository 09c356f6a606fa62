#include "sdk/base/proc_field.h"

#include <unistd.h>

#include "gtest/gtest.h"

namespace umsdk {
namespace {

TEST(ProcField, IsTheWordBehindTheName) {
  EXPECT_EQ(ProcField("/proc/self/status", "Pid:"), std::to_string(::getpid()));
  EXPECT_EQ(ProcField("/proc/self/fdinfo/0", "pos:").has_value(), true);
}

TEST(ProcField, OfWhatIsNotThereIsNothing) {
  EXPECT_EQ(ProcField("/proc/self/status", "Nothing:"), std::nullopt);
  EXPECT_EQ(ProcField("/proc/self/fdinfo/1000000000", "flags:"), std::nullopt);
}

}  // namespace
}  // namespace umsdk
