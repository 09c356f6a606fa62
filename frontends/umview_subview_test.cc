// umview inside umview: sub-views, under both engines.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "frontends/testing/umview_test_base.h"

namespace umsdk::frontends {
namespace {

class UmviewSubviewTest : public UmviewTestBase {
 protected:
  void SetUp() override {
    UmviewTestBase::SetUp();
    // A sanitizer that looks for leaks at the end of the inner umview would ptrace it.
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    umview_ = Absolute("frontends/umview") + " -q";
  }
  // A mount of a file system in memory at `where`.
  std::string Ram(const std::string& where) const { return mount_ + " -t umramfs none " + where; }
  std::string umview_;
};

TEST_P(UmviewSubviewTest, SaysWhatItDoes) {
  ProgramResult result = Run({Absolute("frontends/umview"), "echo", "hello"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "hello\n");
  EXPECT_EQ(result.err, "umview: inside a view already: echo gets a sub-view of it\n");
}

TEST_P(UmviewSubviewTest, ReturnsWhatTheCommandReturns) {
  std::string umview = Absolute("frontends/umview");
  EXPECT_EQ(Run({umview, "-q", "sh", "-c", "exit 5"}).code, 5);
  EXPECT_EQ(Run({umview, "-q", "sh", "-c", "kill -9 $$"}).code, 137);
  ProgramResult missing = Run({umview, "-q", "no-such-command"});
  EXPECT_EQ(missing.code, 127);
  EXPECT_EQ(missing.err, "umview: no-such-command: command not found\n");
  EXPECT_EQ(Run({umview, "-q", "/etc/passwd"}).code, 126);
  EXPECT_EQ(
      Run({umview, "-q", "-V", "inner", "sh", "-c", "exec test $UMVIEW_VIEWNAME = inner"}).code, 0);
}

TEST_P(UmviewSubviewTest, MountsInsideAreSeenInsideOnly) {
  ProgramResult result =
      Shell({"-p", "ramfs"},
            "mkdir m n; " + Ram("m") + "; echo outer > m/f; " + umview_ + " sh -c 'cat m/f; " +
                Ram("n") + " && echo inner > n/g && cat n/g; echo more >> m/f'; ls n; cat m/f");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "outer\ninner\nouter\nmore\n");
}

TEST_P(UmviewSubviewTest, LaterChangesOfTheOuterViewAreNotSeen) {
  // The fifos order the two sides.
  ProgramResult result =
      Shell({"-p", "ramfs"},
            "mkdir m n; mkfifo go done; " + Ram("m") + "; echo kept > m/f; " + umview_ +
                " sh -c 'echo > go; cat done > /dev/null; cat m/f; ls n; echo end' & cat go > "
                "/dev/null; " +
                umount_ + " m && " + Ram("n") + " && echo > n/new; echo > done; wait; ls m");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "kept\nend\n");
}

TEST_P(UmviewSubviewTest, AnInnerUnmountLeavesTheOuterMount) {
  ProgramResult result =
      Shell({"-p", "ramfs"}, "mkdir m; " + Ram("m") + "; echo x > m/f; " + umview_ + " sh -c '" +
                                 umount_ + " m && ls m'; cat m/f");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "x\n");
}

TEST_P(UmviewSubviewTest, ServicesInsideAreLoadedInsideOnly) {
  ProgramResult result = Shell({}, "mkdir m; " + umview_ + " -p ramfs sh -c '" + Ram("m") +
                                       " && echo x > m/f && cat m/f'; " + Ram("m"));
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "x\n");
  EXPECT_EQ(result.err, "um_mount: m: no loaded service has file systems of type umramfs\n");
}

TEST_P(UmviewSubviewTest, AnInnerServiceMayBeTheOuterOnesTwin) {
  ProgramResult result =
      Shell({"-p", "ramfs"}, umview_ + " -p ramfs sh -c 'mkdir m; " + Ram("m") +
                                 " && echo x > m/f && cat m/f' && " + Ram("m") + " && ls m");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "x\n");
}

TEST_P(UmviewSubviewTest, ThreeDeep) {
  auto layer = [&](const std::string& name, const std::string& inner) {
    return Ram(name) + " && echo " + name + " > " + name + "/f && " + inner +
           "cat */f | tr \"\\n\" \" \"; echo";
  };
  std::ofstream(directory_ + "/third") << layer("c", "");
  std::ofstream(directory_ + "/second") << layer("b", umview_ + " sh third; ");
  std::ofstream(directory_ + "/first") << layer("a", umview_ + " -p ramfs sh second; ");
  ProgramResult result = Shell({"-p", "ramfs"}, "mkdir a b c; " + umview_ + " sh first; ls a b c");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "a b c \na b \na \na:\n\nb:\n\nc:\n");
}

TEST_P(UmviewSubviewTest, OrphansBelongToItAndEndWithIt) {
  // The orphan's parent has ended when it says who it is; it holds our end of the pipe, so that the
  // end of the output proves that it is gone.
  ProgramResult result =
      Shell({"-p", "ramfs"}, "mkdir m; mkfifo ask answer; " + umview_ + " sh -c '" + Ram("m") +
                                 "; echo inner > m/f; (sh -c \"cat ask > /dev/null; cat m/f > "
                                 "answer; exec sleep 1000\" &); "
                                 "echo > ask; cat answer'; echo $?");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "inner\n0\n");
}

TEST_P(UmviewSubviewTest, WhatIsWrittenIsThereWhenItEnds) {
  ProgramResult result = Shell(
      {"-p", "umdev"}, "truncate -s 4096 image; " + umview_ + " sh -c '" + mount_ +
                           " -t umdevmbr image disk && printf written > disk'; head -c 7 image");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "written");
}

TEST_P(UmviewSubviewTest, TerminationEndsItInOrder) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer runs no signal handler while the thread waits in recvmsg(2)";
#endif
  ProgramResult result =
      Shell({}, "mkfifo ready; " + umview_ +
                    " sh -c 'trap \"echo bye; exit 0\" TERM; echo > ready; sleep 1000 & wait' & "
                    "cat ready > /dev/null; kill -TERM $!; wait $!; echo $?");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "bye\n143\n");
}

TEST_P(UmviewSubviewTest, ItEndsWhenItsUmviewIsKilled) {
  // The end of the fifo proves that none of its processes is left.
  ProgramResult result =
      Shell({"-p", "ramfs"}, "mkdir m; mkfifo ready hold; cat hold & reader=$!; " + umview_ +
                                 " sh -c '" + Ram("m") +
                                 "; echo > ready; exec sleep 1000' > hold 2> /dev/null & "
                                 "killed=$!; cat ready > /dev/null; "
                                 "kill -KILL $killed; wait $reader; ls m; echo end");
  EXPECT_EQ(result.out, "end\n");
}

TEST_P(UmviewSubviewTest, OptionsOfTheSupervisorAreRefused) {
  ProgramResult refused = Run({Absolute("frontends/umview"), "--seal", "echo", "ran"});
  EXPECT_EQ(refused.code, 125);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(refused.err,
            "umview: --seal: this is inside a view, and its supervisor serves a sub-view as it "
            "does the rest; "
            "--no-subview starts a view of its own\n");
}

TEST_P(UmviewSubviewTest, ModulesAreLoadedByNameOnly) {
  std::string umview = Absolute("frontends/umview");
  ProgramResult unknown = Run({umview, "-q", "-p", "nothing", "echo", "ran"});
  EXPECT_EQ(unknown.code, 125);
  EXPECT_EQ(unknown.out, "");
  EXPECT_NE(unknown.err.find("umview: -p nothing: no such service"), std::string::npos)
      << unknown.err;
  ProgramResult path = Run({umview, "-q", "-p", "./x.so", "echo", "ran"});
  EXPECT_EQ(path.code, 125);
  EXPECT_EQ(path.err,
            "umview: -p ./x.so: only names from inside a view; the outer umview's --allow-paths "
            "permits paths\n");
  ProgramResult allowed = Run({"--allow-paths", umview, "-q", "-p", "./x.so", "echo", "ran"});
  EXPECT_EQ(allowed.code, 125);
  EXPECT_NE(allowed.err.find("no file ./x.so"), std::string::npos) << allowed.err;
}

TEST_P(UmviewSubviewTest, WhatTheEnvironmentSaysIsTheOuterViews) {
  ProgramResult result =
      RunProgram(Argv({"sh", "-c", umview_ + " echo ran"}),
                 {.env = {"UMVIEW_PRELOAD=ramfs"}, .in = "", .directory = directory_});
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "ran\n");
}

INSTANTIATE_TEST_SUITE_P(Engines, UmviewSubviewTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
