// exec of what lies on the file system under test, in every way the kernel knows.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <csignal>
#include <thread>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

extern char** environ;

namespace guest {
namespace {

class ProcessExec : public FsTest {
 protected:
  // A copy of a program of the host.
  std::string Copy(const std::string& program, const std::string& name) {
    Put(P(name), Get(program), 0755);
    return P(name);
  }

  // What a child that runs `exec` prints.
  template <typename Exec>
  std::string OutputOf(Exec exec) {
    Pipe output;
    const pid_t child = Fork([&] {
      dup2(output.writer(), 1);
      exec();
      ADD_FAILURE() << "exec: " << strerror(errno);
    });
    output.CloseWriter();
    const std::string text = ReadAll(output.reader());
    EXPECT_TRUE(ExitedWith(WaitFor(child), 0)) << text;
    return text;
  }

  template <typename Exec>
  void ExpectOutput(const std::string& expected, Exec exec) {
    EXPECT_EQ(OutputOf(exec), expected);
  }
};

TEST_F(ProcessExec, ArgumentsAndEnvironmentArrive) {
  const std::string sh = Copy("/bin/sh", "sh");
  ExpectOutput("one two words value\n", [&] {
    const char* const argv[] = {"arg0", "-c", "echo $0 $1 $NAME", "one", "two words", nullptr};
    const char* const envp[] = {"NAME=value", nullptr};
    execve(sh.c_str(), const_cast<char**>(argv), const_cast<char**>(envp));
  });
}

TEST_F(ProcessExec, ProcSelfExeIsThePath) {
  const std::string program = Copy("/bin/readlink", "program");
  ExpectOutput(program + "\n", [&] { execl(program.c_str(), "x", "/proc/self/exe", nullptr); });
}

TEST_F(ProcessExec, CommandNameIsTheBaseName) {
  const std::string program = Copy("/bin/cat", "a-program");
  ExpectOutput("a-program\n", [&] { execl(program.c_str(), "x", "/proc/self/comm", nullptr); });
}

TEST_F(ProcessExec, RelativePathAndWorkingDirectory) {
  Copy("/bin/pwd", "program");
  ExpectOutput(dir() + "\n", [&] {
    ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
    execl("./program", "x", "-P", nullptr);
  });
}

TEST_F(ProcessExec, PathIsSearched) {
  Copy("/bin/echo", "only-here");
  ExpectOutput("found\n", [&] {
    setenv("PATH", ("/nonexistent:" + dir()).c_str(), 1);
    execlp("only-here", "x", "found", nullptr);
  });
}

TEST_F(ProcessExec, ThroughADescriptor) {
  const std::string program = Copy("/bin/echo", "program");
  ExpectOutput("by fd\n", [&] {
    const Fd fd = Open(program, O_RDONLY);
    const char* const argv[] = {"x", "by fd", nullptr};
    fexecve(fd.get(), const_cast<char**>(argv), environ);
  });
}

TEST_F(ProcessExec, ThroughAnOPathDescriptor) {
  if (getenv("UM_TEST_FS") != nullptr) GTEST_SKIP() << "docs/differences.md: O_PATH of a virtual file";
  const std::string program = Copy("/bin/echo", "program");
  ExpectOutput("by path fd\n", [&] {
    const Fd fd = Open(program, O_PATH);
    const char* const argv[] = {"x", "by path fd", nullptr};
    syscall(SYS_execveat, fd.get(), "", argv, environ, AT_EMPTY_PATH);
  });
}

TEST_F(ProcessExec, RelativeToADirectoryDescriptor) {
  Copy("/bin/echo", "program");
  ExpectOutput("at\n", [&] {
    const Fd fd = Open(dir(), O_PATH | O_DIRECTORY);
    const char* const argv[] = {"x", "at", nullptr};
    syscall(SYS_execveat, fd.get(), "program", argv, environ, 0);
  });
}

TEST_F(ProcessExec, WithFewDescriptorNumbers) {
  const std::string echo = Copy("/bin/echo", "echo");
  Put(P("script"), "#!" + P("echo") + "\n", 0755);
  struct rlimit most;
  ASSERT_THAT(getrlimit(RLIMIT_NOFILE, &most), SyscallSucceeds());
  for (const struct rlimit few : {rlimit{60, 60}, rlimit{6, most.rlim_max}}) {
    ExpectOutput("a\n" + P("script") + " b\n", [&] {
      ASSERT_THAT(setrlimit(RLIMIT_NOFILE, &few), SyscallSucceeds());
      ASSERT_EQ(ForkAndWait([&] { execl(echo.c_str(), "x", "a", nullptr); }), 0);
      execl(P("script").c_str(), "x", "b", nullptr);
    });
  }
}

TEST_F(ProcessExec, ExecveatDoesNotFollowWhenTold) {
  const std::string program = Copy("/bin/echo", "program");
  ASSERT_THAT(symlink("program", P("link").c_str()), SyscallSucceeds());
  const char* const argv[] = {"x", nullptr};
  EXPECT_THAT(
      syscall(SYS_execveat, AT_FDCWD, P("link").c_str(), argv, environ, AT_SYMLINK_NOFOLLOW),
      SyscallFailsWithErrno(ELOOP));
  ExpectOutput("linked\n", [&] { execl(P("link").c_str(), "x", "linked", nullptr); });
}

TEST_F(ProcessExec, DeletedProgramRunsThroughItsDescriptor) {
  const std::string program = Copy("/bin/readlink", "program");
  const Fd fd = Open(program, O_RDONLY);
  ASSERT_THAT(unlink(program.c_str()), SyscallSucceeds());
  ExpectOutput(program + " (deleted)\n",
               [&] { execl(ProcFd(fd.get()).c_str(), "x", "/proc/self/exe", nullptr); });
}

TEST_F(ProcessExec, ByAThreadThatIsNotTheLeader) {
  const std::string sh = Copy("/bin/sh", "sh");
  const pid_t child = Fork([&] {
    std::thread([&] { execl(sh.c_str(), "sh", "-c", "exit $(($$ % 200))", nullptr); }).detach();
    for (;;) pause();
  });
  EXPECT_TRUE(ExitedWith(WaitFor(child), child % 200)) << "it takes the leader's process id";
}

TEST_F(ProcessExec, OtherThreadsEndEvenWhenBlocked) {
  const std::string sh = Copy("/bin/sh", "sh");
  Pipe never;
  const pid_t child = Fork([&] {
    for (int i = 0; i < 8; ++i) std::thread([&] { never.Await(); }).detach();
    execl(sh.c_str(), "sh", "-c", "exit 5", nullptr);
  });
  EXPECT_TRUE(ExitedWith(WaitFor(child), 5));
}

TEST_F(ProcessExec, CloseOnExecCloses) {
  const std::string program = Copy("/bin/ls", "program");
  const Fd file = Open(P("file"), O_RDWR | O_CREAT);
  ASSERT_THAT(dup2(file.get(), 100), SyscallSucceedsWithValue(100));
  ASSERT_THAT(dup3(file.get(), 101, O_CLOEXEC), SyscallSucceedsWithValue(101));
  const std::string fds = OutputOf([&] { execl(program.c_str(), "ls", "/proc/self/fd", nullptr); });
  close(100);
  close(101);
  EXPECT_NE(fds.find("100\n"), std::string::npos) << fds;
  EXPECT_EQ(fds.find("101\n"), std::string::npos) << fds;
}

TEST_F(ProcessExec, IgnoredSignalsAndMaskAreInherited) {
  const std::string grep = Copy("/bin/grep", "grep");
  const std::string out = OutputOf([&] {
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_DFL);
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    execl(grep.c_str(), "grep", "-hE", "SigBlk|SigIgn", "/proc/self/status", nullptr);
  });
  unsigned long blocked = 0;
  unsigned long ignored = 0;
  ASSERT_EQ(sscanf(out.c_str(), "SigBlk: %lx SigIgn: %lx", &blocked, &ignored), 2) << out;
  EXPECT_EQ(blocked, 1ul << (SIGUSR2 - 1));
  EXPECT_NE(ignored & (1ul << (SIGUSR1 - 1)), 0u);
  EXPECT_EQ(ignored & (1ul << (SIGUSR2 - 1)), 0u);
}

}  // namespace
}  // namespace guest
