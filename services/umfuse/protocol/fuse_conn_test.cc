#include "services/umfuse/protocol/fuse_conn.h"

#include <atomic>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "services/umfuse/protocol/fake_waiting.h"
#include "services/umfuse/protocol/scripted_daemon.h"

namespace umsdk::umfuse {
namespace {

class FuseConnTest : public testing::Test, private ConnListener {
 protected:
  void Serve(ScriptedDaemon::Script script, fuse_init_out init = ScriptedDaemon::DefaultInit()) {
    auto ends = MakeChannel();
    ASSERT_TRUE(ends.ok());
    conn_.emplace(std::move(ends->first), 0);
    conn_->SetListener(this);
    daemon_.emplace(std::move(ends->second), std::move(script), init);
    conn_->Start();
  }
  ErrnoOr<std::string> Ask(uint64_t node, size_t room = 64) {
    std::string out(room, '\0');
    UMSDK_ASSIGN_OR_ERRNO(size_t got, conn_->Call(Request(FUSE_GETATTR, node), Sender(), out));
    return out.substr(0, got);
  }
  void OnNotification(int code, std::span<const char> body) override {
    notes_.push_back(std::to_string(code) + ":" + std::string(body.data(), body.size()));
  }
  void OnLateReply(const LateReply& late, std::span<const char> body) override {
    notes_.push_back("late " + std::to_string(late.opcode) + " " + std::to_string(late.node) + " " +
                     std::string(body.data(), body.size()));
  }
  void OnAnswered() override {}
  void OnGone() override {}

  std::optional<FuseConn> conn_;
  std::optional<ScriptedDaemon> daemon_;
  std::vector<std::string> notes_;  // of the one thread that calls
};

void Echo(ScriptedDaemon& daemon, const Heard& heard) {
  daemon.Reply(heard.header.unique, 0, "node " + std::to_string(heard.header.nodeid));
}

TEST_F(FuseConnTest, NegotiatesAndAnswers) {
  Serve(Echo);
  ErrnoOr<Session> session = conn_->Ready();
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->minor, 31u);
  EXPECT_GE(session->max_write, 128u << 10);
  EXPECT_EQ(*Ask(7), "node 7");
  EXPECT_EQ(conn_->daemon(), getpid());
}

TEST_F(FuseConnTest, AnotherMajorVersionIsRefused) {
  fuse_init_out init = ScriptedDaemon::DefaultInit();
  init.major = 6;
  Serve(Echo, init);
  EXPECT_EQ(conn_->Ready().error(), Errno(ECONNREFUSED));
  EXPECT_EQ(Ask(1).error(), Errno(ECONNREFUSED));
}

TEST_F(FuseConnTest, ManyThreadsGetTheirOwnAnswersInAnyOrder) {
  // Answers come in reverse: the daemon keeps them until all have asked.
  constexpr uint64_t kThreads = 8, kRounds = 100;
  // The daemon outlives this scope.
  Serve([kept = std::vector<Heard>()](ScriptedDaemon& daemon, const Heard& heard) mutable {
    kept.push_back(heard);
    if (kept.size() < kThreads) return;
    for (; !kept.empty(); kept.pop_back()) Echo(daemon, kept.back());
  });
  std::vector<std::future<bool>> results;
  for (uint64_t t = 0; t < kThreads; ++t) {
    results.push_back(std::async(std::launch::async, [this, t] {
      for (uint64_t i = 0; i < kRounds; ++i) {
        ErrnoOr<std::string> answer = Ask(t * kRounds + i + 1);
        if (!answer.ok() || *answer != "node " + std::to_string(t * kRounds + i + 1)) return false;
      }
      return true;
    }));
  }
  for (std::future<bool>& result : results) EXPECT_TRUE(result.get());
}

TEST_F(FuseConnTest, AReplyInPiecesIsPutTogether) {
  Serve([](ScriptedDaemon& daemon, const Heard& heard) {
    std::string body(150000, 'x');
    fuse_out_header header = {static_cast<uint32_t>(16 + body.size()), 0, heard.header.unique};
    std::string whole = std::string(reinterpret_cast<char*>(&header), 16) + body;
    for (size_t at = 0; at < whole.size(); at += 65536)
      daemon.Send(std::string_view(whole).substr(at, 65536));
  });
  EXPECT_EQ(*Ask(1, 150000), std::string(150000, 'x'));
  EXPECT_EQ(*Ask(1, 150000), std::string(150000, 'x'));
}

TEST_F(FuseConnTest, ALieAboutTheLengthIsEioAtOnce) {
  Serve([](ScriptedDaemon& daemon, const Heard& heard) {
    if (heard.header.nodeid > 4) return Echo(daemon, heard);
    fuse_out_header header = {0, 0, heard.header.unique};
    std::string body(5000, 'y');
    header.len = heard.header.nodeid == 1 ? 17 : heard.header.nodeid == 2 ? 5016 : 16;
    if (heard.header.nodeid == 3) header.len = 200, body = "abc";  // less comes than it says
    if (heard.header.nodeid == 4) header = {16, 99, heard.header.unique}, body = "";  // no errno
    daemon.Send(std::string(reinterpret_cast<char*>(&header), 16) + body);
  });
  for (uint64_t node = 1; node <= 4; ++node) EXPECT_EQ(Ask(node).error(), Errno(EIO)) << node;
  EXPECT_EQ(*Ask(5), "node 5");
}

TEST_F(FuseConnTest, StrangeMessagesAreDropped) {
  Serve([](ScriptedDaemon& daemon, const Heard& heard) {
    daemon.Send("short");
    daemon.Reply(heard.header.unique + 100, 0, "nobody asked");
    Echo(daemon, heard);
  });
  EXPECT_EQ(*Ask(1), "node 1");
}

TEST_F(FuseConnTest, AFloodEndsTheConnection) {
  Serve([](ScriptedDaemon& daemon, const Heard&) {
    for (int i = 0; i < 5000; ++i) daemon.Reply(99998, 0);
  });
  EXPECT_EQ(Ask(1).error(), Errno(ECONNABORTED));
  EXPECT_EQ(Ask(1).error(), Errno(ENOTCONN));
}

TEST_F(FuseConnTest, DeathOfTheDaemonReachesAllThatWait) {
  std::atomic<int> heard_so_far{0};
  Serve([&](ScriptedDaemon& daemon, const Heard&) {
    if (++heard_so_far == 3) daemon.Hangup();
  });
  std::vector<std::future<Errno>> results;
  for (uint64_t i = 1; i <= 3; ++i) {
    results.push_back(std::async(std::launch::async, [this, i] { return Ask(i).error(); }));
  }
  for (std::future<Errno>& result : results) EXPECT_EQ(result.get(), Errno(ECONNABORTED));
  EXPECT_TRUE(conn_->dead());
  EXPECT_EQ(Ask(4).error(), Errno(ENOTCONN));
}

TEST_F(FuseConnTest, AnInterruptNamesItsRequest) {
  FakeWaiting waiting;
  uint64_t asked = 0;
  Serve([&](ScriptedDaemon& daemon, const Heard& heard) {
    if (heard.header.opcode != FUSE_INTERRUPT) {
      asked = heard.header.unique;
      waiting.interrupted = true;
      return;
    }
    EXPECT_EQ(heard.As<fuse_interrupt_in>().unique, asked);
    daemon.Reply(asked, -EINTR);
    daemon.Reply(heard.header.unique, -EAGAIN);
  });
  WaitingScope scope(&waiting);
  EXPECT_EQ(Ask(1).error(), Errno(EINTR));
}

TEST_F(FuseConnTest, AKilledGuestLeavesAndTheLateAnswerIsGivenBack) {
  FakeWaiting waiting;
  std::vector<Heard> kept;
  uint64_t interrupted = 0;
  Serve([&](ScriptedDaemon& daemon, const Heard& heard) {
    if (heard.header.nodeid == 1) {
      kept.push_back(heard);
      waiting.killed = true;
      return;
    }
    if (heard.header.opcode == FUSE_INTERRUPT) {
      interrupted = heard.As<fuse_interrupt_in>().unique;
      return;
    }
    for (const Heard& old : kept) daemon.Reply(old.header.unique, 0, "late");
    Echo(daemon, heard);
  });
  {
    WaitingScope scope(&waiting);
    EXPECT_EQ(Ask(1).error(), Errno(EINTR));
  }
  EXPECT_EQ(*Ask(2), "node 2");
  EXPECT_EQ(notes_, std::vector<std::string>{"late 3 1 late"});
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(interrupted, kept[0].header.unique);
}

TEST_F(FuseConnTest, AThreadOfOurOwnWaitsForABoundedTime) {
  Serve([](ScriptedDaemon&, const Heard&) {});
  ASSERT_TRUE(conn_->Ready().ok());
  conn_->SetOwnLimit(std::chrono::milliseconds(1));
  EXPECT_EQ(Ask(1).error(), Errno(ETIMEDOUT));
}

TEST_F(FuseConnTest, NotificationsReachTheListener) {
  Serve([](ScriptedDaemon& daemon, const Heard& heard) {
    daemon.Reply(0, FUSE_NOTIFY_INVAL_INODE, "body");
    Echo(daemon, heard);
  });
  EXPECT_EQ(*Ask(1), "node 1");
  EXPECT_EQ(notes_, std::vector<std::string>{"2:body"});
}

}  // namespace
}  // namespace umsdk::umfuse
