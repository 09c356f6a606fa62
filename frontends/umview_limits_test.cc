// The limits of umview and of its command, under both engines.
#include <gtest/gtest.h>

#include "frontends/testing/umview_test_base.h"

namespace umsdk::frontends {
namespace {

class UmviewLimitsTest : public UmviewTestBase {
 protected:
  // With a soft limit that is lower than the hard one, as most have it.
  ProgramResult RunLimited(const std::vector<std::string>& args) const {
    std::vector<std::string> argv = {"sh", "-c", "ulimit -Sn 256; exec \"$@\"", "-"};
    argv.insert(argv.end(), args.begin(), args.end());
    return RunProgram(argv, {.env = {}, .in = "", .directory = directory_});
  }
};

TEST_P(UmviewLimitsTest, TheCommandHasTheLimitsThatUmviewWasGiven) {
  const std::vector<std::string> ask = {"cat", "/proc/self/limits"};
  EXPECT_EQ(RunLimited(Argv(ask)).out, RunLimited(ask).out);
}

TEST_P(UmviewLimitsTest, MoreVirtualFilesAreOpenThanUmviewHadDescriptors) {
  const std::string program =
      "import os, resource\n"
      "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
      "count = min(2000, hard // 2 - 100)\n"
      "resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))\n"
      "fds = [os.open('m/%d' % i, os.O_CREAT | os.O_RDWR, 0o600) for i in range(count)]\n"
      "for i, fd in enumerate(fds): os.write(fd, b'%d' % i)\n"
      "print(all(os.pread(fd, 9, 0) == b'%d' % i for i, fd in enumerate(fds)))\n";
  const std::string script =
      "mkdir m && " + mount_ + " -t umramfs none m && /usr/bin/python3 -c \"$0\"";
  const ProgramResult result = RunLimited(Argv({"-p", "ramfs", "sh", "-c", script, program}));
  EXPECT_EQ(result.out, "True\n") << result.err;
}

// `mount` fails, since the program mounts nothing.
TEST_P(UmviewLimitsTest, AProgramOfAMountHasTheLimitsOfItsCaller) {
  const std::string script =
      "mkdir m; echo 'ulimit -Sn >soft; ulimit -Hn >hard' >program; ulimit -Hn 300;" + mount_ +
      " -t umfusetest -o \"format=sh $PWD/program\" none m; cat soft hard";
  const ProgramResult result = RunLimited(Argv({"-p", "umfuse", "sh", "-c", script}));
  EXPECT_EQ(result.out, "256\n300\n") << result.err;
}

INSTANTIATE_TEST_SUITE_P(Engines, UmviewLimitsTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
