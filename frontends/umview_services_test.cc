// umview with services, and umview inside umview, under both engines.
#include <gtest/gtest.h>
#include <unistd.h>

#include "frontends/testing/umview_test_base.h"

namespace umsdk::frontends {
namespace {

class UmviewServicesTest : public UmviewTestBase {};

TEST_P(UmviewServicesTest, RamfsMountsAndIsGoneWithTheView) {
  ProgramResult result = Shell({"-p", "ramfs"}, "mkdir m && " + mount_ +
                                                    " -t umramfs -o size=1M none m && "
                                                    "echo hello > m/file && cat m/file && ls m");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "hello\nfile\n");
  EXPECT_NE(::access((directory_ + "/m/file").c_str(), F_OK), 0);
}

TEST_P(UmviewServicesTest, UmountAnswersLikeUmount) {
  ProgramResult result =
      Shell({"-p", "ramfs"}, "mkdir m && " + mount_ + " -t umramfs none m && cd m && " + umount_ +
                                 " ../m; cd .. && " + umount_ + " m && " + umount_ + " m");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(
      result.err,
      "um_umount: ../m: in use (-l unmounts it when it is free)\num_umount: m: not mounted\n");
}

TEST_P(UmviewServicesTest, UnknownTypesAreNamed) {
  ProgramResult result = Shell({"-p", "ramfs"}, "mkdir m; " + mount_ + " -t umnothing none m");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "um_mount: m: no loaded service has file systems of type umnothing\n");
}

TEST_P(UmviewServicesTest, LinesOfServicesAreShownAsTheyAre) {
  ProgramResult result = Shell(
      {"-p", "umdev"}, "touch null; " + mount_ + " -t umdevnull none null && printf abc > null");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err,
            "null_open c 0 0 flag 8001\nnull_write c 0 0 len 3\n"
            "null_release c 0 0 flag 0\n");
}

TEST_P(UmviewServicesTest, TheTraceHasWhatServicesHandled) {
  Shell({"-p", "ramfs", "-o", "trace"},
        "mkdir m; " + mount_ + " -t umramfs none m && cat m/nothing; cat real");
  std::string trace = Read("trace");
  EXPECT_NE(trace.find("m/nothing\""), std::string::npos) << trace;
  EXPECT_NE(trace.find("ENOENT"), std::string::npos) << trace;
  EXPECT_EQ(trace.find("\"real\""), std::string::npos) << trace;
  Shell({"-p", "ramfs", "-o", "all", "--trace=all"}, "cat real");
  EXPECT_NE(Read("all").find("\"real\""), std::string::npos);
}

TEST_P(UmviewServicesTest, InsideAViewTheCommandJoinsIt) {
  std::string umview = Absolute("frontends/umview");
  ProgramResult joined =
      Shell({"-p", "ramfs"}, "mkdir m; " + umview + " " + mount_ +
                                 " -t umramfs none m && echo x > m/f && " + umview + " -q cat m/f");
  EXPECT_EQ(joined.code, 0);
  EXPECT_EQ(joined.out, "x\n");
  EXPECT_EQ(joined.err, "umview: inside a view already: " + mount_ + " joins it\n");
  EXPECT_EQ(Run({umview, "-q", "sh", "-c", "exit 5"}).code, 5);
  EXPECT_EQ(Run({umview, "-q", "no-such-command"}).code, 127);
  ProgramResult refused = Run({umview, "-p", "ramfs", "echo", "ran"});
  EXPECT_EQ(refused.code, 125);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(refused.err,
            "umview: -p: this is inside a view already, and joining it leaves no choice; "
            "--no-subview starts a view of its own\n");
}

INSTANTIATE_TEST_SUITE_P(Engines, UmviewServicesTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
