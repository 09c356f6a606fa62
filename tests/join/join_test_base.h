// JoinTest: a process of the test's that joins a view of the test's, under each engine.
#ifndef TESTS_JOIN_JOIN_TEST_BASE_H_
#define TESTS_JOIN_JOIN_TEST_BASE_H_

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sdk/testing/ram_service.h"
#include "umsdk/join.h"
#include "umsdk/umsdk.h"

namespace umsdk {

// A process that starts a shell script as a guest of the view to which it is connected. The script's
// output is read here; its exit code, as the joining process was told it, is that process's own.
class Joiner {
 public:
  static constexpr int kRefused = 100;  // nothing was started
  static constexpr int kLost = 101;     // killed with the view

  // `first` runs in the process before it joins.
  explicit Joiner(const std::string& script, void (*first)() = nullptr)
      : Joiner(Command("/bin/sh").Arg("-c").Arg(script), first) {}
  explicit Joiner(Command command, void (*first)() = nullptr) {
    int ends[2], pipe_ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    EXPECT_EQ(::pipe2(pipe_ends, O_CLOEXEC), 0);
    connection.Reset(ends[0]);
    UniqueFd own(ends[1]), output(pipe_ends[1]);
    output_.Reset(pipe_ends[0]);
    pid_ = ::fork();
    if (pid_ != 0) return;
    connection.Reset();
    if (first != nullptr) first();
    ::_exit(Join(std::move(own), std::move(command).Stdio(0, output.get(), 2)));
  }
  ~Joiner() {
    if (pid_ > 0) ExitCode();
  }
  // Of the process that joined.
  int ExitCode() {
    int status = -1;
    EXPECT_EQ(::waitpid(std::exchange(pid_, -1), &status, 0) > 0, true);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string ReadLine() {
    std::string line;
    for (char byte = 0; ::read(output_.get(), &byte, 1) == 1 && byte != '\n';) line += byte;
    return line;
  }
  // Until nobody has it open any more.
  std::string ReadAll() {
    std::string text;
    for (char byte = 0; ::read(output_.get(), &byte, 1) == 1;) text += byte;
    return text;
  }

  UniqueFd connection;  // for Supervisor::Admit

 private:
  static int Join(UniqueFd connection, const Command& command) {
    auto joined = JoinedGuest::Start(std::move(connection), command);
    if (!joined.ok()) return kRefused;
    auto status = joined->Wait();
    return status.ok() ? status->code : kLost;
  }

  UniqueFd output_;
  pid_t pid_ = -1;
};

struct EngineMode {
  const char* name;
  EngineKind kind;
  bool seccomp = true;
};

class JoinTest : public testing::TestWithParam<EngineMode> {
 protected:
  void SetUp() override {
    std::string name = "/tmp/join.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
    ASSERT_EQ(::mkdir((dir_ + "/mnt").c_str(), 0755), 0);
  }
  void TearDown() override {
    EXPECT_TRUE(std::filesystem::is_empty(dir_ + "/mnt")) << "something ran outside the view";
    std::filesystem::remove_all(dir_);
  }
  // With an empty file system on mnt(). Made after the processes that join: it has threads.
  Supervisor MakeView() const {
    PtraceOptions options;
    options.seccomp = GetParam().seccomp;
    auto supervisor = Supervisor::Builder()
                          .AddService(std::make_unique<RamService>())
                          .WithEngine(GetParam().kind)
                          .WithPtraceOptions(options)
                          .Build();
    if (!supervisor.ok()) ::abort();
    EXPECT_TRUE(supervisor->Mount("none", mnt(), "umramfs", 0, "").ok());
    return *std::move(supervisor);
  }
  std::string mnt() const { return dir_ + "/mnt"; }
  std::string dir_;
};

#define INSTANTIATE_JOIN_MODES(fixture)                                                   \
  INSTANTIATE_TEST_SUITE_P(Engines, fixture,                                              \
                           testing::Values(EngineMode{"notify", EngineKind::kNotify},     \
                                           EngineMode{"ptrace", EngineKind::kPtrace},     \
                                           EngineMode{"two_stops", EngineKind::kPtrace, false}), \
                           [](const auto& info) { return std::string(info.param.name); })

}  // namespace umsdk

#endif  // TESTS_JOIN_JOIN_TEST_BASE_H_
