#include "frontends/session/outcome.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>

namespace umsdk::frontends {
namespace {

TEST(OutcomeTest, TheGuestsCodeIsOurs) {
  Outcome outcome = {
      .exit = {.code = 125}, .engine = "notify", .error = "", .termination_signal = 0};
  EXPECT_EQ(outcome.code(), 125);
  EXPECT_EQ(outcome.ToJson(),
            R"({"exit_code":125,"command_exit_code":125,"command_signal":0,"core_dumped":false,)"
            R"("exec_errno":0,"umview_signal":0,"engine":"notify","error":null})");
}

TEST(OutcomeTest, AFailureOfOursCannotBeMistakenForTheGuests) {
  Outcome outcome;
  outcome.error = "no engine";
  EXPECT_EQ(outcome.code(), 125);
  EXPECT_EQ(outcome.ToJson(),
            R"({"exit_code":125,"umview_signal":0,"engine":null,"error":"no engine"})");
}

TEST(OutcomeTest, ASignalToUmviewWinsOverTheGuestsCode) {
  Outcome outcome;
  outcome.exit.code = 3;
  outcome.termination_signal = SIGTERM;
  EXPECT_EQ(outcome.code(), 143);
}

TEST(ExecFailureTest, CodesAndTextsAreTheShells) {
  EXPECT_EQ(ExecFailureCode(ENOENT), 127);
  EXPECT_EQ(ExecFailureCode(ENOTDIR), 127);
  EXPECT_EQ(ExecFailureCode(EACCES), 126);
  EXPECT_EQ(ExecFailureCode(ENOEXEC), 126);
  EXPECT_EQ(ExecFailureText("nope", ENOENT), "nope: command not found");
  EXPECT_EQ(ExecFailureText("/nope", ENOENT), "cannot execute /nope: No such file or directory");
  EXPECT_EQ(ExecFailureText("x", EACCES), "cannot execute x: Permission denied");
}

}  // namespace
}  // namespace umsdk::frontends
