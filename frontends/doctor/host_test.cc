#include "frontends/doctor/host.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>

namespace umsdk::frontends {
namespace {

TEST(StatusFieldTest, TakesTheWholeName) {
  constexpr char kStatus[] =
      "Name:\tcat\nSeccomp:\t2\nSeccomp_filters:\t3\nNoNewPrivs:\t\nLast:\tx";
  EXPECT_EQ(StatusField(kStatus, "Name"), "cat");
  EXPECT_EQ(StatusField(kStatus, "Seccomp"), "2");
  EXPECT_EQ(StatusField(kStatus, "Seccomp_filters"), "3");
  EXPECT_EQ(StatusField(kStatus, "Last"), "x");
  EXPECT_EQ(StatusField(kStatus, "filters"), "");
  EXPECT_EQ(StatusField("", "Name"), "");
}

TEST(HostTest, ReadsThisProcess) {
  Host host = ReadHost();
  EXPECT_FALSE(host.kernel.empty());
  EXPECT_EQ(host.no_new_privs, ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
  EXPECT_EQ(host.filtered, ::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2);
}

TEST(SysctlTest, ReadsOneLine) {
  EXPECT_EQ(Sysctl("kernel/ostype"), "Linux");
  EXPECT_EQ(Sysctl("kernel/nosuch"), "");
}

}  // namespace
}  // namespace umsdk::frontends
