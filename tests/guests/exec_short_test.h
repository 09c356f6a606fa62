// ExecShortTest: programs below a directory of the test's, which children execute by relative paths.
#ifndef TESTS_GUESTS_EXEC_SHORT_TEST_H_
#define TESTS_GUESTS_EXEC_SHORT_TEST_H_

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <string>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {

class ExecShortTest : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    ASSERT_THAT(mkdir(P("src").c_str(), 0755), SyscallSucceeds());
    ASSERT_THAT(mkdir(P("out").c_str(), 0755), SyscallSucceeds());
  }

  void Copy(const std::string& program, const std::string& name) {
    Put(P(name), Get(program), 0755);
  }

  // What a child that runs `exec` in the directory of the test prints.
  template <typename Exec>
  std::string OutputOf(Exec exec) {
    Pipe output;
    const pid_t child = Fork([&] {
      dup2(output.writer(), 1);
      ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
      exec();
      ADD_FAILURE() << "exec: " << strerror(errno);
    });
    output.CloseWriter();
    const std::string text = ReadAll(output.reader());
    EXPECT_TRUE(ExitedWith(WaitFor(child), 0)) << text;
    return text;
  }
};

}  // namespace guest

#endif  // TESTS_GUESTS_EXEC_SHORT_TEST_H_
