// umview's answers where no command is run.
#include <gtest/gtest.h>

#include "frontends/testing/run_program.h"

namespace umsdk::frontends {
namespace {

ProgramResult Umview(std::vector<std::string> args, const ProgramOptions& options = {}) {
  args.insert(args.begin(), "frontends/umview");
  return RunProgram(args, options);
}

TEST(UmviewUsageTest, ErrorsAreOneLineWithAHint) {
  for (const auto& [args, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "no command to run"},
           {{"--bogus", "true"}, "unknown option --bogus"},
           {{"--engine=notify", "-n", "true"},
            "-n chooses the ptrace engine and cannot go with --engine=notify"},
           {{"--status-fd=77", "true"}, "--status-fd=77: Bad file descriptor"},
       }) {
    ProgramResult result = Umview(args);
    EXPECT_EQ(result.code, 125);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "umview: " + message + " (try: umview --help)\n");
  }
}

TEST(UmviewUsageTest, HelpAndVersionGoToStandardOutput) {
  ProgramResult help = Umview({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.out.rfind("usage: umview", 0), 0u);
  EXPECT_EQ(help.err, "");
  EXPECT_EQ(Umview({"-v"}).out, "umview 0.1.0\n");
}

TEST(UmviewUsageTest, AServiceThatCannotBeLoadedEndsTheRun) {
  ProgramResult result = Umview({"-p", "ramfs", "-p", "/nonexistent.so", "echo", "ran"});
  EXPECT_EQ(result.code, 125);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "umview: -p /nonexistent.so: no file /nonexistent.so\n");
}

TEST(UmviewUsageTest, ToolsSayThatTheyAreOutside) {
  ProgramResult mount = RunProgram({"frontends/um_mount", "-t", "umramfs", "none", "/tmp"});
  EXPECT_EQ(mount.code, 2);
  EXPECT_EQ(mount.err,
            "um_mount: not inside a view: it works below umview only (umview -p SERVICE CMD)\n");
  EXPECT_EQ(RunProgram({"frontends/um_umount", "/tmp"}).code, 2);
  EXPECT_EQ(RunProgram({"frontends/um_mount", "none", "/tmp"}).code, 1);
  EXPECT_EQ(RunProgram({"frontends/um_umount"}).code, 1);
}

}  // namespace
}  // namespace umsdk::frontends
