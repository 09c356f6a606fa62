// umview with services, under both engines.
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

// What is known of the way to a mount, and of who asks, is never older than the last change of it.
TEST_P(UmviewServicesTest, TheWayToAMountIsSeenAsItIs) {
  const std::string mount = "mkdir -p p/m; " + mount_ + " -t umramfs none p/m; echo hi > p/m/f; cat p/m/f p/m/f; ";
  ProgramResult moved = Shell({"-p", "ramfs"}, mount + "mv p q; cat p/m/f; mv q p; cat p/m/f");
  EXPECT_EQ(moved.out, "hi\nhi\nhi\n");
  EXPECT_EQ(moved.err, "cat: p/m/f: No such file or directory\n");
  const std::string script =
      "import os, sys\n"
      "def look():\n"
      "  try: print('found', os.stat('p/m/f').st_size)\n"
      "  except OSError as error: print(error.strerror)\n"
      "def become(uid):\n"
      "  if os.getuid() == 0: os.seteuid(uid)\n"
      "look(); os.chmod('p', 0o700 if os.getuid() == 0 else 0); become(65534); look()\n"
      "become(0); os.chmod('p', 0o755); look(); become(65534); look()\n";
  std::ofstream(directory_ + "/script") << script;
  ProgramResult refused = Shell({"-p", "ramfs"}, "chmod 755 .; " + mount + "python3 script");
  EXPECT_EQ(refused.out, "hi\nhi\nfound 3\nPermission denied\nfound 3\nfound 3\n");
  EXPECT_EQ(refused.err, "");
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

TEST_P(UmviewServicesTest, RequestsToAFuseProgramAreShownOnDemand) {
  ProgramResult result =
      Shell({"-p", "umfuse"}, "mkdir m s; echo hi >s/f; " + mount_ +
                                  " -t umfusebind -o debug \"$PWD/s\" m && cat m/f; " + umount_ + " m");
  EXPECT_EQ(result.out, "hi\n");
  EXPECT_NE(result.err.find(directory_ + "/m: LOOKUP 1 f: 128 bytes\n"), std::string::npos)
      << result.err;
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

TEST_P(UmviewServicesTest, AServicesOwnAccessesAreTheViewsOrWithXTheHosts) {
  const std::string script = "mkdir m; truncate -s 4096 m/image; printf real | dd of=m/image conv=notrunc status=none; " +
                             mount_ + " -t umramfs none m; truncate -s 4096 m/image; " +
                             "printf virtual | dd of=m/image conv=notrunc status=none; " + mount_ +
                             " -t umdevmbr m/image disk && head -c 4 disk";
  ProgramResult nested = Shell({"-p", "ramfs", "-p", "umdev"}, script);
  EXPECT_EQ(nested.err, "");
  EXPECT_EQ(nested.out, "virt");
  ASSERT_EQ(RunProgram({"rm", "-r", directory_ + "/m"}).code, 0);
  ProgramResult real = Shell({"-x", "-p", "ramfs", "-p", "umdev"}, script);
  EXPECT_EQ(real.err, "");
  EXPECT_EQ(real.out, "real");
}

INSTANTIATE_TEST_SUITE_P(Engines, UmviewServicesTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
