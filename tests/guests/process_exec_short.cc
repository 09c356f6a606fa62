// exec by paths of few characters, or relative ones with directories in them. What the kernel makes of
// the path (the names that the new program sees), and how a failed exec leaves the old one.
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <thread>
#include <vector>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

extern char** environ;

namespace guest {
namespace {

class ProcessExecShort : public FsTest {
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

TEST_F(ProcessExecShort, SignalsAreInherited) {
  Copy("/bin/grep", "src/grep");
  const std::string shown = OutputOf([] {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    raise(SIGUSR2);
    execl("src/grep", "grep", "-hE", "SigPnd|SigBlk", "/proc/self/status", nullptr);
  });
  unsigned long pending = 0, blocked = 0;
  ASSERT_EQ(sscanf(shown.c_str(), "SigPnd: %lx SigBlk: %lx", &pending, &blocked), 2) << shown;
  EXPECT_EQ(blocked, 1ul << (SIGUSR2 - 1));
  EXPECT_EQ(pending, 1ul << (SIGUSR2 - 1));
}

TEST_F(ProcessExecShort, ByAThreadThatIsNotTheLeader) {
  Copy("/bin/sh", "src/sh");
  const pid_t child = Fork([&] {
    ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
    std::thread([] { execl("src/sh", "sh", "-c", "exit $(($$ % 200))", nullptr); }).detach();
    for (;;) pause();
  });
  EXPECT_TRUE(ExitedWith(WaitFor(child), child % 200)) << "it takes the leader's process id";
}

TEST_F(ProcessExecShort, ManyAtOnce) {
  Copy("/bin/true", "src/true");
  Put(P("src/s"), "#!/bin/sh\nexit 0\n", 0755);
  std::vector<pid_t> children;
  for (int i = 0; i < 12; ++i) {
    children.push_back(Fork([&] {
      ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
      const char* const path = i % 2 == 0 ? "src/true" : "src/s";
      if (i % 3 == 0) std::thread([&] { execl(path, "x", nullptr); }).join();
      execl(path, "x", nullptr);
      _exit(99);
    }));
  }
  for (const pid_t child : children) EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
}

// The strings belong to the parent as well, whose other threads run on.
TEST_F(ProcessExecShort, VforkLeavesTheParentsMemoryAlone) {
  Copy("/bin/true", "src/true");
  ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
  static char path[] = "src/true\0behind";
  static const std::string whole(path, sizeof(path));
  std::atomic<bool> stop = false, changed = false;
  std::thread watcher([&] {
    while (!stop) changed = changed || memcmp(path, whole.data(), whole.size()) != 0;
  });
  for (int i = 0; i < 8; ++i) {
    const pid_t child = vfork();
    if (child == 0) {
      char* const argv[] = {path, nullptr};
      execve(path, argv, environ);
      _exit(99);
    }
    EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
  }
  stop = true;
  watcher.join();
  EXPECT_FALSE(changed);
  ASSERT_THAT(chdir("/"), SyscallSucceeds());
}

struct Registers {
  long result = 0;
  unsigned long kept[6] = {};
};

// execve with all argument registers set, and what they are afterwards.
Registers RawExecve(const char* path, const void* argv, const void* envp) {
  Registers after;
  register unsigned long r10 asm("r10") = 10;
  register unsigned long r8 asm("r8") = 8;
  register unsigned long r9 asm("r9") = 9;
  auto rdi = reinterpret_cast<unsigned long>(path), rsi = reinterpret_cast<unsigned long>(argv),
       rdx = reinterpret_cast<unsigned long>(envp);
  long rax = SYS_execve;
  asm volatile("syscall"
               : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
               :
               : "rcx", "r11", "memory");
  after.result = rax;
  const unsigned long kept[] = {rdi, rsi, rdx, r10, r8, r9};
  std::copy(std::begin(kept), std::end(kept), after.kept);
  return after;
}

TEST_F(ProcessExecShort, AFailedExecComesBackUnharmed) {
  Copy("/bin/true", "src/true");
  Put(P("src/text"), "just text\n", 0755);
  ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
  const std::string huge(256 << 10, 'a');
  const char* const too_big[] = {"x", huge.c_str(), nullptr};
  const char* const bad[] = {"x", static_cast<char*>(BadAddress()), nullptr};
  const char* const argv[] = {"x", nullptr};
  const struct {
    const char* path;
    const char* const* argv;
    int error;
  } cases[] = {{"src/true", too_big, E2BIG},
               {"src/true", bad, EFAULT},
               {"src/text", argv, ENOEXEC},
               {"src/true/", argv, ENOTDIR},
               {"src/..", argv, EACCES}};
  sigset_t before, now;
  sigprocmask(SIG_SETMASK, nullptr, &before);
  for (int round = 0; round < 3; ++round) {
    for (const auto& one : cases) {
      const Registers after = RawExecve(one.path, one.argv, environ);
      EXPECT_EQ(after.result, -one.error) << one.path;
      const unsigned long expected[] = {reinterpret_cast<unsigned long>(one.path),
                                        reinterpret_cast<unsigned long>(one.argv),
                                        reinterpret_cast<unsigned long>(environ), 10, 8, 9};
      EXPECT_TRUE(std::equal(std::begin(expected), std::end(expected), after.kept)) << one.path;
      for (int fd = 200; fd < 210; ++fd) EXPECT_THAT(dup(fd), SyscallFailsWithErrno(EBADF));
    }
  }
  sigprocmask(SIG_SETMASK, nullptr, &now);
  for (int signal = 1; signal < 64; ++signal) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&now, signal)) << signal;
  }
  ASSERT_THAT(chdir("/"), SyscallSucceeds());
}

TEST_F(ProcessExecShort, AfterAFailedExecAnotherOneWorks) {
  Copy("/bin/echo", "src/echo");
  const std::string huge(256 << 10, 'a');
  EXPECT_EQ(OutputOf([&] {
              execl("src/echo", "x", huge.c_str(), nullptr);
              EXPECT_EQ(errno, E2BIG);
              execl("src/echo", "x", "now", nullptr);
            }),
            "now\n");
}

TEST_F(ProcessExecShort, UnderADebugger) {
  if (Engine() == "ptrace") GTEST_SKIP() << "docs/differences.md: guests that ptrace each other";
  Copy("/bin/cat", "src/a-cat");
  Pipe output;
  const pid_t child = Fork([&] {
    dup2(output.writer(), 1);
    ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
    ASSERT_THAT(ptrace(PTRACE_TRACEME, 0, 0, 0), SyscallSucceeds());
    execl("src/a-cat", "x", "/proc/self/comm", nullptr);
    _exit(errno);
  });
  output.CloseWriter();
  int status = WaitFor(child);
  EXPECT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP) << status;
  EXPECT_THAT(ptrace(PTRACE_CONT, child, 0, 0), SyscallSucceeds());
  EXPECT_EQ(ReadAll(output.reader()), "a-cat\n");
  EXPECT_TRUE(ExitedWith(WaitFor(child), 0));
}

}  // namespace
}  // namespace guest
