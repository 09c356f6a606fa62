// umview as its users see it: exit codes, messages, files. Each test under both engines where a
// command is run.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "frontends/testing/run_program.h"
#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {
namespace {

constexpr char kUmview[] = "frontends/umview";

std::string Absolute(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  std::string result = resolved != nullptr ? resolved : path;
  ::free(resolved);
  return result;
}

// ---- without a command ----

ProgramResult Umview(std::vector<std::string> args, const ProgramOptions& options = {}) {
  args.insert(args.begin(), Absolute(kUmview));
  return RunProgram(args, options);
}

TEST(UmviewUsageTest, ErrorsAreOneLineWithAHint) {
  for (const auto& [args, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "no command to run"},
           {{"--bogus", "true"}, "unknown option --bogus"},
           {{"--engine=notify", "-n", "true"},
            "-n chooses the ptrace engine and cannot go with --engine=notify"},
           {{"--status-fd=77", "true"}, "--status-fd=77: Bad file descriptor"},
       }) {
    ProgramResult result = Umview(args);
    EXPECT_EQ(result.code, 125);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "umview: " + message + " (try: umview --help)\n");
  }
}

TEST(UmviewUsageTest, HelpAndVersionGoToStandardOutput) {
  ProgramResult help = Umview({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.out.rfind("usage: umview", 0), 0u);
  EXPECT_EQ(help.err, "");
  EXPECT_EQ(Umview({"-v"}).out, "umview 0.1.0\n");
}

TEST(UmviewUsageTest, AServiceThatCannotBeLoadedEndsTheRun) {
  ProgramResult result = Umview({"-p", "ramfs", "-p", "/nonexistent.so", "echo", "ran"});
  EXPECT_EQ(result.code, 125);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "umview: -p /nonexistent.so: no file /nonexistent.so\n");
}

TEST(UmviewUsageTest, ToolsSayThatTheyAreOutside) {
  ProgramResult mount = RunProgram({"frontends/um_mount", "-t", "umramfs", "none", "/tmp"});
  EXPECT_EQ(mount.code, 2);
  EXPECT_EQ(mount.err,
            "um_mount: not inside a view: it works below umview only (umview -p SERVICE CMD)\n");
  EXPECT_EQ(RunProgram({"frontends/um_umount", "/tmp"}).code, 2);
  EXPECT_EQ(RunProgram({"frontends/um_mount", "none", "/tmp"}).code, 1);
  EXPECT_EQ(RunProgram({"frontends/um_umount"}).code, 1);
}

// ---- with a command ----

class UmviewTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string name = "/tmp/umview.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    mount_ = Absolute("frontends/um_mount");
    umount_ = Absolute("frontends/um_umount");
  }
  void TearDown() override { EXPECT_EQ(RunProgram({"rm", "-rf", directory_}).code, 0); }

  std::vector<std::string> Argv(const std::vector<std::string>& args) const {
    std::vector<std::string> argv = {Absolute(kUmview), std::string("--engine=") + GetParam()};
    argv.insert(argv.end(), args.begin(), args.end());
    return argv;
  }
  ProgramResult Run(const std::vector<std::string>& args) const {
    return RunProgram(Argv(args), {.env = {}, .in = "", .directory = directory_});
  }
  ProgramResult Shell(const std::vector<std::string>& options, const std::string& script) const {
    std::vector<std::string> args = options;
    args.insert(args.end(), {"sh", "-c", script});
    return Run(args);
  }
  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(directory_ + "/" + name).rdbuf();
    return text.str();
  }

  std::string directory_, mount_, umount_;
};

TEST_P(UmviewTest, TheExitCodeIsTheCommands) {
  EXPECT_EQ(Run({"true"}).code, 0);
  EXPECT_EQ(Shell({}, "exit 7").code, 7);
  EXPECT_EQ(Shell({}, "kill -9 $$").code, 128 + 9);
  EXPECT_EQ(Shell({}, "kill -TERM $$").code, 128 + 15);
}

TEST_P(UmviewTest, WhatCannotBeExecuted) {
  ProgramResult missing = Run({"no-such-command"});
  EXPECT_EQ(missing.code, 127);
  EXPECT_EQ(missing.err, "umview: no-such-command: command not found\n");
  ProgramResult forbidden = Run({"/etc/passwd"});
  EXPECT_EQ(forbidden.code, 126);
  EXPECT_EQ(forbidden.err, "umview: cannot execute /etc/passwd: Permission denied\n");
}

TEST_P(UmviewTest, InputOutputAndArgumentsAreTheCommands) {
  ProgramResult result =
      RunProgram(Argv({"sh", "-c", "cat; echo \"$1|$X\" >&2", "-", "-p  x"}),
                 {.env = {"X=1"}, .in = "input\n", .directory = directory_});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "input\n");
  EXPECT_EQ(result.err, "-p  x|1\n");
}

TEST_P(UmviewTest, SignalsOfTheCommandAreAsWithoutUmview) {
  std::vector<std::string> ask = {"grep", "-E", "^(SigBlk|SigIgn|SigCgt)", "/proc/self/status"};
  EXPECT_EQ(Run(ask).out, RunProgram(ask).out);
}

TEST_P(UmviewTest, DescriptorsOfTheCommandAreAsWithoutUmview) {
  std::vector<std::string> ask = {"sh", "-c", "ls /proc/$$/fd"};
  EXPECT_EQ(Run(ask).out, RunProgram(ask).out);
}

TEST_P(UmviewTest, StatusFdTellsTheTruth) {
  auto status = [&](const std::string& command) {
    std::string script = Absolute(kUmview) + " --engine=" + GetParam() + " --status-fd=3 " + command +
                         " 3>&1 >/dev/null 2>&1";
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

TEST_P(UmviewTest, TheViewsNameIsInTheEnvironment) {
  EXPECT_EQ(Shell({"-V", "work"}, "echo $UMVIEW_VIEWNAME").out, "work\n");
}

TEST_P(UmviewTest, RamfsMountsAndIsGoneWithTheView) {
  ProgramResult result = Shell({"-p", "ramfs"}, "mkdir m && " + mount_ +
                                                    " -t umramfs -o size=1M none m && "
                                                    "echo hello > m/file && cat m/file && ls m");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "hello\nfile\n");
  EXPECT_NE(::access((directory_ + "/m/file").c_str(), F_OK), 0);
}

TEST_P(UmviewTest, UmountAnswersLikeUmount) {
  ProgramResult result =
      Shell({"-p", "ramfs"}, "mkdir m && " + mount_ + " -t umramfs none m && cd m && " + umount_ +
                                 " ../m; cd .. && " + umount_ + " m && " + umount_ + " m");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err,
            "um_umount: ../m: in use (-l unmounts it when it is free)\num_umount: m: not mounted\n");
}

TEST_P(UmviewTest, UnknownTypesAreNamed) {
  ProgramResult result = Shell({"-p", "ramfs"}, "mkdir m; " + mount_ + " -t umnothing none m");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "um_mount: m: no loaded service has file systems of type umnothing\n");
}

TEST_P(UmviewTest, LinesOfServicesAreShownAsTheyAre) {
  ProgramResult result = Shell({"-p", "umdev"}, "touch null; " + mount_ +
                                                    " -t umdevnull none null && printf abc > null");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "null_open c 0 0 flag 8001\nnull_write c 0 0 len 3\n"
                        "null_release c 0 0 flag 8001\n");
}

TEST_P(UmviewTest, TheTraceHasWhatServicesHandled) {
  Shell({"-p", "ramfs", "-o", "trace"},
        "mkdir m; " + mount_ + " -t umramfs none m && cat m/nothing; cat real");
  std::string trace = Read("trace");
  EXPECT_NE(trace.find("m/nothing\""), std::string::npos) << trace;
  EXPECT_NE(trace.find("ENOENT"), std::string::npos) << trace;
  EXPECT_EQ(trace.find("\"real\""), std::string::npos) << trace;
  Shell({"-p", "ramfs", "-o", "all", "--trace=all"}, "cat real");
  EXPECT_NE(Read("all").find("\"real\""), std::string::npos);
}

TEST_P(UmviewTest, InsideAViewTheCommandJoinsIt) {
  std::string umview = Absolute(kUmview);
  ProgramResult joined =
      Shell({"-p", "ramfs"}, "mkdir m; " + umview + " " + mount_ + " -t umramfs none m && echo x > m/f && " +
                                 umview + " -q cat m/f");
  EXPECT_EQ(joined.code, 0);
  EXPECT_EQ(joined.out, "x\n");
  EXPECT_EQ(joined.err, "umview: inside a view already: " + mount_ + " joins it\n");
  EXPECT_EQ(Run({umview, "-q", "sh", "-c", "exit 5"}).code, 5);
  EXPECT_EQ(Run({umview, "-q", "no-such-command"}).code, 127);
  ProgramResult refused = Run({umview, "-p", "ramfs", "echo", "ran"});
  EXPECT_EQ(refused.code, 125);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(refused.err,
            "umview: -p: this is inside a view already, and joining it leaves no choice; "
            "--no-subview starts a view of its own\n");
}

TEST_P(UmviewTest, WhatIsLeftEndsWithTheCommand) {
  // The background process holds our end of the pipe: reading to its end proves that it is gone.
  ProgramResult result = Shell({}, "sleep 1000 & echo $!");
  EXPECT_EQ(result.code, 0);
  EXPECT_NE(::kill(::atoi(result.out.c_str()), 0), 0);
}

TEST_P(UmviewTest, LingerWaitsForAll) {
  ProgramResult result = Shell(
      {"--linger"}, "(while kill -0 $$ 2>/dev/null; do :; done; echo late) & echo early");
  EXPECT_EQ(result.out, "early\nlate\n");
}

TEST_P(UmviewTest, ASealedViewRuns) {
  EXPECT_EQ(Shell({"--seal"}, "ls / >/dev/null && exit 3").code, 3);
  EXPECT_EQ(Shell({"--seal", "-p", "ramfs"}, "mkdir m && " + mount_ + " -t umramfs none m").code, 0);
}

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    in.Reset(ends[0]);
    out.Reset(ends[1]);
  }
  UniqueFd in, out;
};

// Starts umview, waits for a line of its command, sends a signal to umview and then an empty line to
// the command; returns umview's wait status.
int StatusAfterSignal(std::vector<std::string> argv, int signal, std::string* out) {
  Pipe from, to;
  pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(to.in.get(), 0);
    ::dup2(from.out.get(), 1);
    std::vector<char*> pointers;
    for (std::string& word : argv) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execv(pointers[0], pointers.data());
    ::_exit(99);
  }
  from.out.Reset();
  char buffer[256];
  ssize_t count = ::read(from.in.get(), buffer, sizeof(buffer));
  EXPECT_GT(count, 0);
  ::kill(pid, signal);
  EXPECT_EQ(::write(to.out.get(), "\n", 1), 1);
  while ((count = ::read(from.in.get(), buffer, sizeof(buffer))) > 0) {
    out->append(buffer, static_cast<size_t>(count));
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return status;
}

TEST_P(UmviewTest, TerminationEndsTheViewInOrder) {
  for (int signal : {SIGTERM, SIGHUP}) {
    std::string out;
    int status = StatusAfterSignal(
        Argv({"sh", "-c", "trap 'echo bye; exit 0' TERM; echo ready; sleep 1000 & wait"}),
        signal, &out);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 128 + signal);
    EXPECT_EQ(out, "bye\n");
  }
}

TEST_P(UmviewTest, KeyboardSignalsToUmviewAreIgnored) {
  std::string out;
  int status = StatusAfterSignal(Argv({"sh", "-c", "echo ready; read line; echo done"}), SIGINT, &out);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(out, "done\n");
}

INSTANTIATE_TEST_SUITE_P(Engines, UmviewTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
