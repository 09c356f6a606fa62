// Programs that run with a root directory of their own: what the kernel opens by itself it finds there.
#include <spawn.h>
#include <initializer_list>
#include <vector>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"
#include "tests/guests/user_namespace.h"

extern char** environ;

namespace guest {
namespace {

class ProcessExecChroot : public FsTest {
 protected:
  void SetUp() override {
    FsTest::SetUp();
    if (geteuid() != 0 && !CanMakeUserNamespace()) {
      GTEST_SKIP() << "chroot needs root, or a user namespace, which the kernel refuses";
    }
    for (const char* name : {"lib64", "lib", "bin", "w"}) ASSERT_THAT(mkdir(P(name).c_str(), 0755), SyscallSucceeds());
    Put(P("lib64/ld-linux-x86-64.so.2"), Get("/lib64/ld-linux-x86-64.so.2"), 0755);
    Put(P("lib/libc.so.6"), Get("/lib/x86_64-linux-gnu/libc.so.6"), 0755);
    Put(P("bin/sh"), Get("/bin/dash"), 0755);
    Put(P("bin/echo"), Get("/bin/echo"), 0755);
  }

  // What the first of `words` prints, run with that root directory and working directory /w; the last
  // word is the exit status when that is not 0.
  std::string Run(std::initializer_list<const char*> words) {
    std::vector<char*> argv;
    for (const char* word : words) argv.push_back(const_cast<char*>(word));
    argv.push_back(nullptr);
    return Output([&] { execv(argv[0], argv.data()); });
  }

  template <typename Exec>
  std::string Output(Exec exec) {
    Pipe output;
    const pid_t child = Fork([&] {
      dup2(output.writer(), 1);
      if (geteuid() != 0) EnterUserNamespace(0);
      ASSERT_THAT(chroot(dir().c_str()), SyscallSucceeds());
      ASSERT_THAT(chdir("/w"), SyscallSucceeds());
      exec();
      _exit(errno);
    });
    output.CloseWriter();
    const std::string text = ReadAll(output.reader());
    const int status = WaitFor(child);
    return status == 0 ? text : text + "status " + std::to_string(WEXITSTATUS(status));
  }
};

TEST_F(ProcessExecChroot, ShellThatRunsPrograms) {
  EXPECT_EQ(Run({"/bin/sh", "-c", "cd /; /bin/echo $0 *; echo $(bin/echo a; echo b | /bin/sh -c 'read x; echo $x')"}),
            "/bin/sh bin lib lib64 w\na b\n");
}

TEST_F(ProcessExecChroot, RelativePaths) {
  EXPECT_EQ(Run({"../bin/echo", "a"}), "a\n");
  EXPECT_EQ(Run({".././w/../../bin/echo", "a"}), "a\n");
  ASSERT_THAT(symlink("/bin/echo", P("w/link").c_str()), SyscallSucceeds());
  EXPECT_EQ(Run({"./link", "a"}), "a\n");
}

TEST_F(ProcessExecChroot, ScriptsAndTheirInterpreters) {
  Put(P("bin/inner"), "#!/bin/echo one two\n", 0755);
  Put(P("w/script"), "#!/bin/inner three\n", 0755);
  EXPECT_EQ(Run({"/bin/inner", "x"}), "one two /bin/inner x\n");
  EXPECT_EQ(Run({"script", "x"}), "one two /bin/inner three script x\n");
  EXPECT_EQ(Run({"/w/../w/script"}), "one two /bin/inner three /w/../w/script\n");
  Put(P("w/program"), Get("/bin/echo"), 0755);
  Put(P("w/relative"), "#!./program\n", 0755);
  EXPECT_EQ(Run({"/w/relative", "x"}), "/w/relative x\n");
  Put(P("w/shell"), "#!/bin/sh\necho \"$0|$1\"\n", 0755);
  EXPECT_EQ(Run({"./shell", "x"}), "./shell|x\n");
}

TEST_F(ProcessExecChroot, WhatIsMissingThere) {
  Put(P("w/script"), "#!/usr/bin/env sh\n", 0755);
  EXPECT_EQ(Run({"./script"}), "status " + std::to_string(ENOENT));
  EXPECT_EQ(Run({"/bin/cat"}), "status " + std::to_string(ENOENT));
  ASSERT_THAT(chmod(P("bin/echo").c_str(), 0644), SyscallSucceeds());
  EXPECT_EQ(Run({"/bin/echo"}), "status " + std::to_string(EACCES));
  ASSERT_THAT(unlink(P("lib64/ld-linux-x86-64.so.2").c_str()), SyscallSucceeds());
  EXPECT_EQ(Run({"/bin/sh"}), "status " + std::to_string(ENOENT));
}

TEST_F(ProcessExecChroot, AProgramThatChanges) {
  Put(P("w/script"), "#!/bin/i\necho \"$0\"\n", 0755);
  Put(P("bin/i"), Get("/bin/echo"), 0755);
  EXPECT_EQ(Run({"./script", "x"}), "./script x\n");
  Put(P("bin/i.new"), Get("/bin/dash"), 0755);
  ASSERT_THAT(rename(P("bin/i.new").c_str(), P("bin/i").c_str()), SyscallSucceeds());
  EXPECT_EQ(Run({"./script", "x"}), "./script\n");
  Put(P("w/script"), "#!/bin/echo new\n", 0755);
  EXPECT_EQ(Run({"./script", "x"}), "new ./script x\n");
}

TEST_F(ProcessExecChroot, SpawnedTwiceBySharingMemory) {
  EXPECT_EQ(Output([] {
              for (const char* word : {"a", "b"}) {
                char* const argv[] = {const_cast<char*>("echo"), const_cast<char*>(word), nullptr};
                pid_t child = -1;
                ASSERT_EQ(posix_spawn(&child, "/bin/echo", nullptr, nullptr, argv, environ), 0);
                EXPECT_EQ(WaitFor(child), 0);
              }
              _exit(0);
            }),
            "a\nb\n");
}

TEST_F(ProcessExecChroot, ByDescriptor) {
  const char* const argv[] = {"echo", "a", nullptr};
  const Fd outside = Open("/bin/echo", O_RDONLY);
  EXPECT_EQ(Output([&] { fexecve(Open("/bin/echo", O_RDONLY).get(), const_cast<char**>(argv), environ); }), "a\n");
  EXPECT_EQ(Output([&] { fexecve(outside.get(), const_cast<char**>(argv), environ); }), "a\n");
}

TEST_F(ProcessExecChroot, ProcTellsTheProgram) {
  const Fd proc = Open("/proc", O_RDONLY | O_DIRECTORY);
  Pipe ready, leave;
  const pid_t child = Fork([&] {
    dup2(ready.writer(), 1);
    dup2(leave.reader(), 0);
    ready.CloseWriter();
    leave.CloseWriter();
    if (geteuid() != 0) EnterUserNamespace(0);
    ASSERT_THAT(chroot(dir().c_str()), SyscallSucceeds());
    execl("/bin/sh", "the shell", "-c", "echo; read x", nullptr);
    _exit(errno);
  });
  ready.CloseWriter();
  char byte;
  ASSERT_EQ(read(ready.reader(), &byte, 1), 1);
  const std::string base = "/proc/" + std::to_string(child) + "/";
  char text[4096] = "";
  EXPECT_THAT(readlink((base + "exe").c_str(), text, sizeof(text)), SyscallSucceeds());
  EXPECT_EQ(text, P("bin/sh"));
  EXPECT_EQ(Get(base + "comm"), "sh\n");
  EXPECT_EQ(Get(base + "cmdline"), std::string("the shell\0-c\0echo; read x\0", 26));
  EXPECT_NE(Get(base + "maps").find(P("lib64/ld-linux-x86-64.so.2") + "\n"), std::string::npos);
  leave.CloseWriter();
  WaitFor(child);
}

TEST_F(ProcessExecChroot, TheChrootProgram) {
  Pipe output;
  const pid_t child = Fork([&] {
    dup2(output.writer(), 1);
    if (geteuid() != 0) EnterUserNamespace(0);
    execl("/usr/sbin/chroot", "chroot", dir().c_str(), "/bin/sh", "-c", "pwd; echo *", nullptr);
    _exit(errno);
  });
  output.CloseWriter();
  EXPECT_EQ(ReadAll(output.reader()), "/\nbin lib lib64 w\n");
  EXPECT_EQ(WaitFor(child), 0);
}

}  // namespace
}  // namespace guest
