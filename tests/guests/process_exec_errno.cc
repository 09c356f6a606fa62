// How exec fails; the process goes on unharmed.
#include <sys/syscall.h>
#include <vector>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

extern char** environ;

namespace guest {
namespace {

class ProcessExecErrno : public FsTest {
 protected:
  static int Exec(const std::string& path) {
    const char* const argv[] = {"x", nullptr};
    return execve(path.c_str(), const_cast<char**>(argv), environ);
  }
};

TEST_F(ProcessExecErrno, MissingFile) {
  EXPECT_THAT(Exec(P("missing")), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(Exec(P("missing/file")), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(Exec(""), SyscallFailsWithErrno(ENOENT));
}

TEST_F(ProcessExecErrno, NoPermission) {
  Put(P("file"), "#!/bin/sh\n", 0644);
  EXPECT_THAT(Exec(P("file")), SyscallFailsWithErrno(EACCES)) << "for root as well";
  EXPECT_THAT(Exec(dir()), SyscallFailsWithErrno(EACCES)) << "a directory";
}

TEST_F(ProcessExecErrno, SearchPermissionOfTheDirectory) {
  ASSERT_THAT(mkdir(P("d").c_str(), 0755), SyscallSucceeds());
  Put(P("d/program"), Get("/bin/true"), 0755);
  ASSERT_THAT(chmod(P("d").c_str(), 0600), SyscallSucceeds());
  PassesAsPlainUser([&] { EXPECT_THAT(Exec(P("d/program")), SyscallFailsWithErrno(EACCES)); });
  ASSERT_THAT(chmod(P("d").c_str(), 0700), SyscallSucceeds());
}

TEST_F(ProcessExecErrno, UnknownFormat) {
  Put(P("text"), "just text\n", 0755);
  EXPECT_THAT(Exec(P("text")), SyscallFailsWithErrno(ENOEXEC));
  Put(P("empty"), "", 0755);
  EXPECT_THAT(Exec(P("empty")), SyscallFailsWithErrno(ENOEXEC));
  Put(P("truncated"), Get("/bin/true").substr(0, 32), 0755);
  EXPECT_THAT(Exec(P("truncated")), SyscallFailsWithErrno(ENOEXEC));
}

TEST_F(ProcessExecErrno, ShellRunsTextWithoutAnInterpreter) {
  Put(P("text"), "exit 7\n", 0755);
  const int status = ForkAndWait([&] { execlp(P("text").c_str(), "x", nullptr); });
  EXPECT_TRUE(ExitedWith(status, 7)) << "execvp falls back on /bin/sh after ENOEXEC";
}

TEST_F(ProcessExecErrno, ArgumentTooLong) {
  const std::string huge(256 << 10, 'a');
  const char* const argv[] = {"x", huge.c_str(), nullptr};
  EXPECT_THAT(execve("/bin/true", const_cast<char**>(argv), environ), SyscallFailsWithErrno(E2BIG));
  std::vector<const char*> many(1 << 20, "abcdefgh");
  many.push_back(nullptr);
  EXPECT_THAT(execve("/bin/true", const_cast<char**>(many.data()), environ),
              SyscallFailsWithErrno(E2BIG));
}

TEST_F(ProcessExecErrno, BadPointers) {
  char* const bad = static_cast<char*>(BadAddress());
  const char* const argv[] = {"x", nullptr};
  EXPECT_THAT(syscall(SYS_execve, bad, argv, environ), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_execve, "/bin/true", bad, environ), SyscallFailsWithErrno(EFAULT));
  EXPECT_THAT(syscall(SYS_execve, "/bin/true", argv, bad), SyscallFailsWithErrno(EFAULT));
  const char* const bad_argv[] = {"x", bad, nullptr};
  EXPECT_THAT(syscall(SYS_execve, "/bin/true", bad_argv, environ), SyscallFailsWithErrno(EFAULT));
}

TEST_F(ProcessExecErrno, BadPaths) {
  Put(P("file"), "", 0755);
  EXPECT_THAT(Exec(P("file/x")), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(Exec(P("file/")), SyscallFailsWithErrno(ENOTDIR));
  EXPECT_THAT(Exec(P(std::string(256, 'n'))), SyscallFailsWithErrno(ENAMETOOLONG));
  ASSERT_THAT(symlink("loop", P("loop").c_str()), SyscallSucceeds());
  EXPECT_THAT(Exec(P("loop")), SyscallFailsWithErrno(ELOOP));
}

TEST_F(ProcessExecErrno, BadDescriptorOrFlags) {
  const char* const argv[] = {"x", nullptr};
  EXPECT_THAT(syscall(SYS_execveat, -1, "", argv, environ, AT_EMPTY_PATH),
              SyscallFailsWithErrno(EBADF));
  EXPECT_THAT(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, environ, 0x40000000),
              SyscallFailsWithErrno(EINVAL));
  const Fd fd = Open("/bin/true", O_RDONLY);
  EXPECT_THAT(syscall(SYS_execveat, fd.get(), "", argv, environ, 0), SyscallFailsWithErrno(ENOENT));
}

TEST_F(ProcessExecErrno, FileOpenForWritingIsBusy) {
  if (KernelAtLeast(6, 11) && !KernelAtLeast(6, 13)) GTEST_SKIP() << "6.11 and 6.12 allow it";
  Put(P("program"), Get("/bin/true"), 0755);
  const Fd writer = Open(P("program"), O_RDWR);
  EXPECT_THAT(Exec(P("program")), SyscallFailsWithErrno(ETXTBSY));
}

TEST_F(ProcessExecErrno, RunningProgramIsNotCut) {
  if (KernelAtLeast(6, 11) && !KernelAtLeast(6, 13)) GTEST_SKIP() << "6.11 and 6.12 allow it";
  const std::string program = Get("/bin/cat");
  Put(P("program"), program, 0755);
  int input[2];
  ASSERT_THAT(pipe2(input, O_CLOEXEC), SyscallSucceeds());
  const Fd theirs(input[0]);
  Fd ours(input[1]);
  int started[2];
  ASSERT_THAT(pipe2(started, O_CLOEXEC), SyscallSucceeds());
  const Fd running(started[0]);
  Fd starting(started[1]);
  const pid_t child = Fork([&] {
    dup2(theirs.get(), STDIN_FILENO);
    execl(P("program").c_str(), "program", nullptr);
  });
  starting.Close();
  char none;
  ASSERT_THAT(read(running.get(), &none, 1), SyscallSucceedsWithValue(0)) << "it has been started";
  EXPECT_THAT(truncate(P("program").c_str(), 0), SyscallFailsWithErrno(ETXTBSY));
  EXPECT_THAT(open(P("program").c_str(), O_RDONLY | O_TRUNC), SyscallFailsWithErrno(ETXTBSY));
  EXPECT_THAT(open(P("program").c_str(), O_WRONLY), SyscallFailsWithErrno(ETXTBSY));
  ours.Close();
  EXPECT_EQ(WaitFor(child), 0);
  EXPECT_TRUE(Get(P("program")) == program) << "byte for byte";
  EXPECT_THAT(truncate(P("program").c_str(), 0), SyscallSucceeds());
}

TEST_F(ProcessExecErrno, NullArgvGetsAnEmptyName) {
  const int status = ForkAndWait([] {
    syscall(SYS_execve, "/bin/true", nullptr, environ);
    _exit(99);
  });
  EXPECT_TRUE(ExitedWith(status, 0));
}

}  // namespace
}  // namespace guest
