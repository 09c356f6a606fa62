// Job control: an interactive bash on a terminal starts umview, as a person does. What is typed is
// echoed, so what is waited for never appears in the typed line itself.
#include <gtest/gtest.h>

#include "frontends/testing/terminal.h"

namespace umsdk::frontends {
namespace {

class UmviewTerminalTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    terminal_.Type("PS1='outer''> '; U='frontends/umview --engine=" + std::string(GetParam()) +
                   "'\n");
    Wait("outer> ");
  }
  void Wait(const std::string& text) {
    ASSERT_TRUE(terminal_.Expect(text)) << "no \"" << text << "\" in:\n" << terminal_.seen();
  }
  void TypeAndWait(const std::string& line, const std::string& text) {
    ASSERT_TRUE(terminal_.TypeUntil(line, text))
        << "no \"" << text << "\" after " << line << " in:\n"
        << terminal_.seen();
  }

  Terminal terminal_{{"bash", "--norc", "--noprofile", "--noediting", "-i"}};
};

TEST_P(UmviewTerminalTest, ControlCEndsTheCommandAsWithoutUmview) {
  TypeAndWait("$U sh -c 'echo rea''dy; exec sleep 1000'\n", "ready");
  TypeAndWait("\x03", "outer> ");
  TypeAndWait("echo code=$?\n", "code=130");
}

TEST_P(UmviewTerminalTest, ControlZAndFg) {
  TypeAndWait("$U sh -c 'echo rea''dy; exec cat'\n", "ready");
  TypeAndWait("\x1a", "Stopped");
  Wait("outer> ");
  TypeAndWait("fg\n", "$U sh");
  TypeAndWait("hello\n", "hello\r\nhello");  // the echo, and cat
  TypeAndWait("\x04", "outer> ");
}

TEST_P(UmviewTerminalTest, AShellInsideHasJobsOfItsOwn) {
  TypeAndWait("$U env PS1='inner''> ' bash --norc --noprofile --noediting -i\n", "inner> ");
  TypeAndWait("sh -c 'echo rea''dy; exec cat'\n", "ready");
  TypeAndWait("\x1a", "Stopped");
  Wait("inner> ");
  TypeAndWait("fg\n", "sh -c");
  TypeAndWait("hello\n", "hello\r\nhello");
  TypeAndWait("\x03", "inner> ");
  TypeAndWait("suspend\n", "Stopped");
  Wait("outer> ");
  TypeAndWait("fg\n", "$U env");
  TypeAndWait("echo still he''re\n", "still here");
  TypeAndWait("exit 3\n", "outer> ");
  TypeAndWait("echo code=$?\n", "code=3");
}

TEST_P(UmviewTerminalTest, TheWindowsSizeArrives) {
  TypeAndWait("$U bash -c 'trap \"stty size; exit\" WINCH; echo rea''dy; sleep 1000 & wait'\n",
              "ready");
  terminal_.Resize(33, 101);
  Wait("33 101");
}

TEST_P(UmviewTerminalTest, ABackgroundJobThatReadsStops) {
  TypeAndWait("$U cat &\n", "outer> ");
  TypeAndWait("wait -n; jobs\n", "Stopped");
  TypeAndWait("kill -9 %1; wait\n", "outer> ");
}

TEST_P(UmviewTerminalTest, LinesWaitUntilTheScreenIsFree) {
  // A "full-screen program": raw mode, a service's line, a sign of life, cooked mode again.
  terminal_.Type(
      "d=$(mktemp -d); $U -p umdev sh -c 'cd '$d'; O=$OLDPWD/frontends; touch n; "
      "$O/um_mount -t umdevnull none n; stty raw; : > n; echo scr''een; stty sane; read x; "
      "echo co''oked'\n");
  Wait("screen");
  Wait("null_open");
  TypeAndWait("\n", "cooked");
  TypeAndWait("rm -r $d\n", "outer> ");
}

INSTANTIATE_TEST_SUITE_P(Engines, UmviewTerminalTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
