// What becomes of a daemon that has still to write, and of one that never ends.
#include "services/umfuse/daemon_end.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "gtest/gtest.h"
#include "services/umfuse/daemon_ends.h"
#include "services/umfuse/protocol/scripted_daemon.h"

namespace umsdk::umfuse {
namespace {

using std::chrono::milliseconds;

// Answers INIT and DESTROY until the end of its device, then does what the test wants.
[[noreturn]] void RunDaemon(int device, void (*rest)()) {
  struct {
    fuse_out_header header;
    fuse_init_out init;
  } reply = {};
  reply.init = ScriptedDaemon::DefaultInit();
  std::vector<char> room(1 << 20);
  for (ssize_t size; (size = ::read(device, room.data(), room.size())) > 0;) {
    fuse_in_header header;
    std::memcpy(&header, room.data(), sizeof(header));
    bool init = header.opcode == FUSE_INIT;
    reply.header = {init ? uint32_t{sizeof(reply)} : uint32_t{sizeof(fuse_out_header)}, 0,
                    header.unique};
    (void)!::write(device, &reply, reply.header.len);
  }
  rest();
  ::_exit(0);
}

// Writes for longer than a daemon may be idle, and ends by itself.
void WriteForAWhile() {
  int null = ::open("/dev/null", O_WRONLY);
  auto end = std::chrono::steady_clock::now() + milliseconds(1500);
  while (std::chrono::steady_clock::now() < end) (void)!::write(null, "x", 1);
}

void SleepForEver() {
  while (true) ::pause();
}

void IgnoreSigterm() {
  ::signal(SIGTERM, SIG_IGN);
  SleepForEver();
}

class ChildHelper final : public Helper {
 public:
  explicit ChildHelper(pid_t pid) : pid_(pid) {}
  ~ChildHelper() override { ::kill(pid_, SIGKILL); }
  pid_t pid() const override { return pid_; }
  int end_fd() const override { return -1; }
  std::optional<int> status() override { return std::nullopt; }

 private:
  const pid_t pid_;
};

class DaemonEndTest : public testing::Test {
 protected:
  void Start(void (*rest)(), bool ours) {
    auto ends = MakeChannel();
    ASSERT_TRUE(ends.ok());
    child_ = ::fork();
    if (child_ == 0) {
      ends->first.Reset();
      RunDaemon(ends->second.get(), rest);
    }
    ends->second.Reset();
    auto conn = std::make_shared<FuseConn>(std::move(ends->first), 0);
    conn->Start();
    ASSERT_TRUE(conn->Ready().ok());
    DaemonEnd::Hooks hooks;
    hooks.report = [this](const std::string& line) { lines_.push_back(line); };
    end_ = std::make_shared<DaemonEnd>(
        conn, "/m", std::move(hooks),
        DaemonLimits{milliseconds(500), milliseconds(500), milliseconds(60000)});
    if (ours) end_->Keep(std::make_shared<ChildHelper>(child_));
    reader_ = std::thread([conn] {
      while (conn->ReadIdle()) std::this_thread::yield();
    });
  }
  int ChildStatus() {
    int status = -1;
    ::waitpid(child_, &status, 0);
    return status;
  }
  void TearDown() override { reader_.join(); }

  pid_t child_ = -1;
  std::vector<std::string> lines_;
  std::shared_ptr<DaemonEnd> end_;
  std::thread reader_;
  DaemonEnds ends_;
};

TEST_F(DaemonEndTest, WhatIsStillInUseIsNotWaitedFor) {
  Start(&SleepForEver, true);
  EXPECT_TRUE(end_->Await().ok());
  end_->Force();
  ends_.Begin(end_);
  EXPECT_TRUE(end_->Await().ok());
  EXPECT_TRUE(WIFSIGNALED(ChildStatus()));
}

TEST_F(DaemonEndTest, AStoppedDaemonIsContinuedAtTheEndOfTheView) {
  Start([] {}, false);
  ASSERT_EQ(::kill(child_, SIGSTOP), 0);
  ASSERT_EQ(::waitpid(child_, nullptr, WUNTRACED), child_);
  ends_.Begin(end_);
  EXPECT_TRUE(end_->Await().ok());
  EXPECT_EQ(ChildStatus(), 0);
}

TEST_F(DaemonEndTest, ADaemonThatWritesIsWaitedFor) {
  Start(&WriteForAWhile, true);
  ends_.Begin(end_);
  EXPECT_TRUE(end_->Await().ok());
  EXPECT_EQ(ChildStatus(), 0);
}

TEST_F(DaemonEndTest, OneThatIsIdleGetsSigterm) {
  Start(&SleepForEver, true);
  ends_.Begin(end_);
  EXPECT_TRUE(end_->Await().ok());
  int status = ChildStatus();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
}

TEST_F(DaemonEndTest, OneThatNeverEndsIsKilledAndTold) {
  Start(&IgnoreSigterm, true);
  ends_.Begin(end_);
  EXPECT_EQ(end_->Await().error(), Errno(EIO));
  EXPECT_TRUE(WIFSIGNALED(ChildStatus()));
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_NE(lines_[0].find("/m"), std::string::npos);
}

TEST_F(DaemonEndTest, ADaemonOfOthersLivesOn) {
  Start(&SleepForEver, false);
  ends_.Begin(end_);
  EXPECT_TRUE(end_->Await().ok());
  EXPECT_EQ(::kill(child_, 0), 0);
  ::kill(child_, SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(ChildStatus()));
}

}  // namespace
}  // namespace umsdk::umfuse
