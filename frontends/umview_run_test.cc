// umview and its command: what passes between them, under both engines.
#include <gtest/gtest.h>

#include "frontends/testing/umview_test_base.h"

namespace umsdk::frontends {
namespace {

class UmviewRunTest : public UmviewTestBase {};

TEST_P(UmviewRunTest, TheExitCodeIsTheCommands) {
  EXPECT_EQ(Run({"true"}).code, 0);
  EXPECT_EQ(Shell({}, "exit 7").code, 7);
  EXPECT_EQ(Shell({}, "kill -9 $$").code, 128 + 9);
  EXPECT_EQ(Shell({}, "kill -TERM $$").code, 128 + 15);
}

TEST_P(UmviewRunTest, WhatCannotBeExecuted) {
  ProgramResult missing = Run({"no-such-command"});
  EXPECT_EQ(missing.code, 127);
  EXPECT_EQ(missing.err, "umview: no-such-command: command not found\n");
  ProgramResult forbidden = Run({"/etc/passwd"});
  EXPECT_EQ(forbidden.code, 126);
  EXPECT_EQ(forbidden.err, "umview: cannot execute /etc/passwd: Permission denied\n");
}

TEST_P(UmviewRunTest, InputOutputAndArgumentsAreTheCommands) {
  ProgramResult result = RunProgram(Argv({"sh", "-c", "cat; echo \"$1|$X\" >&2", "-", "-p  x"}),
                                    {.env = {"X=1"}, .in = "input\n", .directory = directory_});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "input\n");
  EXPECT_EQ(result.err, "-p  x|1\n");
}

// The signal masks of a status file, without the two signals that the C library keeps for itself.
std::string SignalMasks(const std::string& status) {
  constexpr uint64_t kInternal = uint64_t{3} << 31;
  std::istringstream lines(status);
  std::ostringstream masks;
  for (std::string name, value; lines >> name >> value;) {
    masks << name << std::hex << (std::stoull(value, nullptr, 16) & ~kInternal) << "\n";
  }
  return masks.str();
}

TEST_P(UmviewRunTest, SignalsOfTheCommandAreAsWithoutUmview) {
  std::vector<std::string> ask = {"grep", "-E", "^(SigBlk|SigIgn|SigCgt)", "/proc/self/status"};
  EXPECT_EQ(SignalMasks(Run(ask).out), SignalMasks(RunProgram(ask).out));
}

TEST_P(UmviewRunTest, DescriptorsOfTheCommandAreAsWithoutUmview) {
  std::vector<std::string> ask = {"sh", "-c", "ls /proc/$$/fd"};
  EXPECT_EQ(Run(ask).out, RunProgram(ask).out);
}

TEST_P(UmviewRunTest, StatusFdTellsTheTruth) {
  auto status = [&](const std::string& command) {
    std::string script = Absolute("frontends/umview") + " --engine=" + GetParam() +
                         " --status-fd=3 " + command + " 3>&1 >/dev/null 2>&1";
    return RunProgram({"sh", "-c", script}).out;
  };
  std::string engine = std::string(",\"engine\":\"") + GetParam() + "\",\"error\":null}\n";
  EXPECT_EQ(status("sh -c 'exit 125'"),
            R"({"exit_code":125,"command_exit_code":125,"command_signal":0,"core_dumped":false,)"
            R"("exec_errno":0,"umview_signal":0)" +
                engine);
  EXPECT_EQ(status("no-such-command"),
            R"({"exit_code":127,"command_exit_code":127,"command_signal":0,"core_dumped":false,)"
            R"("exec_errno":2,"umview_signal":0)" +
                engine);
  EXPECT_NE(status("-p nosuch true").find(R"("engine":null,"error":"-p nosuch: no such service)"),
            std::string::npos);
}

TEST_P(UmviewRunTest, TheViewsNameIsInTheEnvironment) {
  EXPECT_EQ(Shell({"-V", "work"}, "echo $UMVIEW_VIEWNAME").out, "work\n");
}

TEST_P(UmviewRunTest, ASealedViewRuns) {
  EXPECT_EQ(Shell({"--seal"}, "ls / >/dev/null && exit 3").code, 3);
  EXPECT_EQ(Shell({"--seal", "-p", "ramfs"}, "mkdir m && " + mount_ + " -t umramfs none m").code,
            0);
}

INSTANTIATE_TEST_SUITE_P(Engines, UmviewRunTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
