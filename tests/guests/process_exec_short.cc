// exec by paths of few characters, or relative ones with directories in them: what the kernel makes of
// the path, and the names that the new program sees.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <string>

#include "tests/guests/exec_short_test.h"

extern char** environ;

namespace guest {
namespace {

class ProcessExecShort : public ExecShortTest {
 protected:
  // A symlink of 8 characters that leads to `target`.
  static std::string ShortLink(const std::string& target) {
    for (int number = 10; number < 100; ++number) {
      const std::string link = "/tmp/x" + std::to_string(number);
      if (symlink(target.c_str(), link.c_str()) == 0) return link;
    }
    ADD_FAILURE() << "no free name in /tmp";
    return "";
  }
};

TEST_F(ProcessExecShort, RelativeWithADirectory) {
  Copy("/bin/readlink", "src/lua");
  EXPECT_EQ(OutputOf([] { execl("src/lua", "x", "/proc/self/exe", nullptr); }), P("src/lua") + "\n");
  EXPECT_EQ(OutputOf([] { execl("./src//lua", "x", "/proc/self/exe", nullptr); }), P("src/lua") + "\n");
}

TEST_F(ProcessExecShort, RelativeWithDotDot) {
  Copy("/bin/readlink", "src/lua");
  EXPECT_EQ(OutputOf([] {
              ASSERT_THAT(chdir("out"), SyscallSucceeds());
              execl("../src/lua", "x", "/proc/self/exe", nullptr);
            }),
            P("src/lua") + "\n");
}

TEST_F(ProcessExecShort, AbsoluteOfEightCharacters) {
  Copy("/bin/readlink", "program");
  const std::string link = ShortLink(P("program"));
  EXPECT_EQ(OutputOf([&] { execl(link.c_str(), "x", "/proc/self/exe", nullptr); }), P("program") + "\n");
  EXPECT_THAT(unlink(link.c_str()), SyscallSucceeds());
}

TEST_F(ProcessExecShort, ByADirectoryDescriptor) {
  Copy("/bin/echo", "src/e");
  EXPECT_EQ(OutputOf([&] {
              const Fd base = Open(dir(), O_RDONLY | O_DIRECTORY);
              const char* const argv[] = {"x", "at", nullptr};
              syscall(SYS_execveat, base.get(), "src/e", argv, environ, 0);
            }),
            "at\n");
}

TEST_F(ProcessExecShort, TheProcessIsNamedAfterThePath) {
  Copy("/bin/cat", "src/a-cat");
  EXPECT_EQ(OutputOf([] { execl("src/a-cat", "x", "/proc/self/comm", nullptr); }), "a-cat\n");
  EXPECT_EQ(OutputOf([] { execl("out/../src/a-cat", "x", "/proc/self/comm", nullptr); }), "a-cat\n");
}

TEST_F(ProcessExecShort, ArgumentsAndPathInTheAuxiliaryVector) {
  Copy("/bin/cat", "src/cat");
  const std::string shown = OutputOf([] {
    setenv("LD_SHOW_AUXV", "1", 1);
    execl("src/cat", "arg0", "/proc/self/cmdline", "/dev/null", nullptr);
  });
  EXPECT_NE(shown.find("AT_EXECFN:            src/cat\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find(std::string("arg0\0/proc/self/cmdline\0/dev/null\0", 34)), std::string::npos);
}

TEST_F(ProcessExecShort, ScriptGetsItsPathAndArguments) {
  Put(P("src/s"), "#!/bin/sh -e\necho \"$0|$1|$2|$#\"; cat /proc/$$/comm /proc/$$/cmdline\n", 0755);
  std::string shown = OutputOf([] { execl("src/s", "x", "a b", "c", nullptr); });
  shown.resize(shown.find_last_not_of('\0') + 1);
  std::replace(shown.begin(), shown.end(), '\0', '|');
  EXPECT_EQ(shown, "src/s|a b|c|2\ns\n/bin/sh|-e|src/s|a b|c");
}

TEST_F(ProcessExecShort, NothingIsLeftOpen) {
  Put(P("src/s"), "#!/bin/sh\ncd /proc/$$/fd; echo *\n", 0755);
  const std::string shown = OutputOf([] { execl("src/s", "x", nullptr); });
  EXPECT_EQ(OutputOf([] { execl("/bin/sh", "x", "-c", "cd /proc/$$/fd; echo *", nullptr); }).find("20"),
            shown.find("20"))
      << shown;
}

TEST_F(ProcessExecShort, InterpreterOfAShortName) {
  Copy("/bin/echo", "src/e");
  const std::string link = ShortLink(P("src/e"));
  Put(P("src/s"), "#!" + link + "\n", 0755);
  EXPECT_EQ(OutputOf([] { execl("src/s", "x", "y", nullptr); }), "src/s y\n");
  EXPECT_THAT(unlink(link.c_str()), SyscallSucceeds());
}

}  // namespace
}  // namespace guest
