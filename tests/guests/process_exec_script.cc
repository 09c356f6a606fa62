// Scripts and interpreters: the kernel opens these files by itself.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <initializer_list>
#include <vector>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

extern char** environ;

namespace guest {
namespace {

constexpr char kLoader[] = "/lib64/ld-linux-x86-64.so.2";

class ProcessExecScript : public FsTest {
 protected:
  // What `argv` prints; the last word is the exit status when that is not 0.
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
      exec();
      _exit(errno);
    });
    output.CloseWriter();
    const std::string text = ReadAll(output.reader());
    const int status = WaitFor(child);
    return status == 0 ? text : text + "status " + std::to_string(WEXITSTATUS(status));
  }
};

TEST_F(ProcessExecScript, ScriptGetsItsPathAndArguments) {
  Put(P("script"), "#!/bin/sh\necho \"$0|$1|$2|$#\"\n", 0755);
  EXPECT_EQ(Run({P("script").c_str(), "a b", "c"}), P("script") + "|a b|c|2\n");
}

TEST_F(ProcessExecScript, InterpreterTakesOneArgument) {
  Put(P("script"), "#! /bin/echo  one two \nignored\n", 0755);
  EXPECT_EQ(Run({P("script").c_str(), "x"}), "one two " + P("script") + " x\n");
}

TEST_F(ProcessExecScript, InterpreterOnTheSameFileSystem) {
  Put(P("interpreter"), Get("/bin/echo"), 0755);
  Put(P("script"), "#!" + P("interpreter") + "\n", 0755);
  EXPECT_EQ(Run({P("script").c_str(), "x"}), P("script") + " x\n");
}

TEST_F(ProcessExecScript, RealScriptWithAnInterpreterThere) {
  TempDir real;
  const std::string script = real.path() + "/script";
  Put(P("interpreter"), Get("/bin/echo"), 0755);
  Put(script, "#!" + P("interpreter") + "\n", 0755);
  EXPECT_EQ(Run({script.c_str(), "x"}), script + " x\n");
}

TEST_F(ProcessExecScript, InterpreterMayBeAScript) {
  Put(P("inner"), "#!/bin/sh\necho inner \"$1\"\n", 0755);
  Put(P("outer"), "#!" + P("inner") + "\n", 0755);
  EXPECT_EQ(Run({P("outer").c_str()}), "inner " + P("outer") + "\n");
}

TEST_F(ProcessExecScript, ChainOfInterpretersSeesTheirNames) {
  Put(P("interpreter"), Get("/bin/echo"), 0755);
  Put(P("inner"), "#!" + P("interpreter") + " one two\n", 0755);
  Put(P("middle"), "#!" + P("inner") + "\n", 0755);
  Put(P("outer"), "#! " + P("middle") + "\tthree \n", 0755);
  EXPECT_EQ(Run({P("outer").c_str(), "x", "y"}),
            "one two " + P("inner") + " " + P("middle") + " three " + P("outer") + " x y\n");
}

// The kernel looks at the first 256 bytes of a file (fs/binfmt_script.c).
constexpr size_t kFirstBytes = 256;

TEST_F(ProcessExecScript, ALineWithoutEndCutsTheArgument) {
  Put(P("i"), Get("/bin/echo"), 0755);
  for (const std::string& interpreter : {P("i"), std::string("/bin/echo")}) {
    const std::string begin = "#!" + interpreter + " ";
    for (size_t length : {kFirstBytes - 2, kFirstBytes - 1, kFirstBytes, kFirstBytes + 1}) {
      const std::string line = begin + std::string(length - begin.size() - 1, 'a') + "b";
      Put(P("script"), line + "\necho\n", 0755);
      EXPECT_EQ(Run({P("script").c_str(), "x"}),
                line.substr(begin.size(), kFirstBytes - 1 - begin.size()) + " " + P("script") + " x\n")
          << interpreter << " " << length;
    }
  }
}

// Even behind a name that is shorter than what leads to a virtual interpreter.
TEST_F(ProcessExecScript, ALongArgumentBehindAShortName) {
  Put(P("i"), Get("/bin/echo"), 0755);
  for (size_t length : {236u, 240u, 244u, 248u}) {
    const std::string argument = std::string(length - 3, 'a') + " bc";
    Put(P("script"), "#!./i " + argument + "\n", 0755);
    const std::string script = P("script");
    EXPECT_EQ(Output([&] {
                ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
                execl(script.c_str(), "script", "x", "y", nullptr);
              }),
              argument + " " + script + " x y\n");
  }
}

TEST_F(ProcessExecScript, ALineWithoutEndMayCutTheName) {
  Put(P("i"), Get("/bin/echo"), 0755);
  for (size_t blank_at : {kFirstBytes - 2, kFirstBytes - 1, kFirstBytes}) {
    std::string line = "#!" + dir();
    line += std::string(blank_at - line.size() - 1, '/') + "i";
    Put(P("script"), line + " x\n", 0755);
    EXPECT_EQ(Run({P("script").c_str()}),
              blank_at < kFirstBytes ? P("script") + "\n" : "status " + std::to_string(ENOEXEC))
        << blank_at;
  }
}

TEST_F(ProcessExecScript, LinesWithoutAName) {
  for (const std::string& line : {std::string("#!\n"), "#! \t \n" + P("i"), "#!" + std::string(300, ' ')}) {
    Put(P("script"), line, 0755);
    EXPECT_EQ(Run({P("script").c_str()}), "status " + std::to_string(ENOEXEC)) << line;
  }
}

TEST_F(ProcessExecScript, TooManyInterpretersLoop) {
  Put(P("0"), "#!/bin/sh\necho\n", 0755);
  for (int i = 1; i <= 6; ++i) {
    Put(P(std::to_string(i)), "#!" + P(std::to_string(i - 1)) + "\n", 0755);
  }
  EXPECT_EQ(Run({P("6").c_str()}), "status " + std::to_string(ELOOP));
}

TEST_F(ProcessExecScript, MissingInterpreterIsEnoent) {
  Put(P("script"), "#!" + P("missing") + "\n", 0755);
  EXPECT_EQ(Run({P("script").c_str()}), "status " + std::to_string(ENOENT));
}

TEST_F(ProcessExecScript, InterpreterWithoutPermissionIsEacces) {
  Put(P("interpreter"), Get("/bin/echo"), 0644);
  Put(P("script"), "#!" + P("interpreter") + "\n", 0755);
  EXPECT_EQ(Run({P("script").c_str()}), "status " + std::to_string(EACCES));
}

TEST_F(ProcessExecScript, ScriptThroughACloexecDescriptorIsEnoent) {
  Put(P("script"), "#!/bin/cat\n", 0755);
  const Fd closing = Open(P("script"), O_RDONLY);
  const char* const argv[] = {"x", nullptr};
  EXPECT_THAT(syscall(SYS_execveat, closing.get(), "", argv, environ, AT_EMPTY_PATH),
              SyscallFailsWithErrno(ENOENT));
  EXPECT_EQ(Output([&] {
              const int kept = dup(closing.get());
              syscall(SYS_execveat, kept, "", argv, environ, AT_EMPTY_PATH);
            }),
            "#!/bin/cat\n");
}

// A program whose ELF interpreter is a copy of the dynamic loader on the file system under test.
TEST_F(ProcessExecScript, DynamicLoaderOnTheSameFileSystem) {
  Put(P("ld"), Get(kLoader), 0755);
  std::string program = Get("/bin/cat");
  const size_t at = program.find(kLoader);
  ASSERT_NE(at, std::string::npos);
  std::string loader = P("ld");
  ASSERT_LT(loader.size(), sizeof(kLoader));
  loader.resize(sizeof(kLoader));
  program.replace(at, sizeof(kLoader), loader);
  Put(P("cat"), program, 0755);
  const std::string maps = Run({P("cat").c_str(), "/proc/self/maps"});
  EXPECT_NE(maps.find(P("ld") + "\n"), std::string::npos) << maps;
  ASSERT_THAT(unlink(P("ld").c_str()), SyscallSucceeds());
  EXPECT_EQ(Run({P("cat").c_str(), "/dev/null"}), "status " + std::to_string(ENOENT));
}

TEST_F(ProcessExecScript, MemfdProgram) {
  const Fd memfd(memfd_create("program", MFD_CLOEXEC));
  const std::string echo = Get("/bin/echo");
  ASSERT_THAT(write(memfd.get(), echo.data(), echo.size()), SyscallSucceeds());
  EXPECT_EQ(Run({ProcFd(memfd.get()).c_str(), "from memory"}), "from memory\n");
}

}  // namespace
}  // namespace guest
