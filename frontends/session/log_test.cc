#include "frontends/session/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {
namespace {

using std::chrono::steady_clock;

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    read_end_.Reset(ends[0]);
    write_end_.Reset(ends[1]);
  }
  // All that can be read now.
  static std::string Take(const UniqueFd& fd) {
    std::string text;
    char buffer[4096];
    ssize_t count;
    while ((count = ::read(fd.get(), buffer, sizeof(buffer))) > 0) {
      text.append(buffer, static_cast<size_t>(count));
    }
    return text;
  }
  std::string Take() { return Take(read_end_); }

  UniqueFd read_end_, write_end_;
  steady_clock::time_point now_;
  Log::Clock clock_ = [this] { return now_; };
};

TEST_F(LogTest, PrefixesItsOwnLinesOnly) {
  Log log(write_end_.get(), "umview: ");
  log.Say("hello");
  log.Relay("null_open c 0 0 flag 8001");
  EXPECT_EQ(Take(), "umview: hello\nnull_open c 0 0 flag 8001\n");
}

TEST_F(LogTest, ShowsControlCharacters) {
  Log log(write_end_.get(), "");
  log.Relay("a\x1b[2Jb\nc\td");
  EXPECT_EQ(Take(), "a?[2Jb?c\td\n");
}

TEST_F(LogTest, LimitsFloodsAndSaysSo) {
  Log log(write_end_.get(), "u: ", {.per_second = 1, .burst = 2, .held = 10}, clock_);
  for (int i = 0; i < 5; ++i) log.Relay(std::to_string(i));
  EXPECT_EQ(Take(), "0\n1\n");
  now_ += std::chrono::seconds(1);
  log.Relay("later");
  EXPECT_EQ(Take(), "u: 3 lines left out\nlater\n");
}

TEST_F(LogTest, HoldsWhatThePipeCannotTake) {
  Log log(write_end_.get(), "", {.per_second = 1, .burst = 10, .held = 2}, clock_);
  int calls = 0;
  log.OnHold([&] { ++calls; });
  std::string filler(4096, 'x');
  while (::write(write_end_.get(), filler.data(), filler.size()) > 0) {
  }
  for (const char* line : {"one", "two", "three"})
    log.Relay(line);  // returns although nobody reads
  EXPECT_EQ(calls, 3);
  EXPECT_TRUE(log.has_held_lines());
  Take();
  log.Flush();
  EXPECT_EQ(Take(), "two\nthree\n");
  log.FlushAtEnd();
  EXPECT_EQ(Take(), "1 lines left out\n");
}

TEST_F(LogTest, HoldsWhileTheTerminalIsRaw) {
  int master, slave;
  ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
  UniqueFd keep_master(master), keep_slave(slave);
  ASSERT_EQ(::fcntl(master, F_SETFL, O_NONBLOCK), 0);
  termios cooked, raw;
  ASSERT_EQ(::tcgetattr(slave, &cooked), 0);
  raw = cooked;
  ::cfmakeraw(&raw);

  Log log(slave, "");
  log.Relay("before");
  ASSERT_EQ(::tcsetattr(slave, TCSANOW, &raw), 0);
  log.Relay("during");
  log.Flush();
  EXPECT_EQ(Take(keep_master), "before\r\n");
  ASSERT_EQ(::tcsetattr(slave, TCSANOW, &cooked), 0);
  log.Flush();
  EXPECT_EQ(Take(keep_master), "during\r\n");
  ASSERT_EQ(::tcsetattr(slave, TCSANOW, &raw), 0);
  log.Relay("last");
  log.FlushAtEnd();  // the guests are gone: whatever mode they left, the line goes out
  EXPECT_EQ(Take(keep_master), "last\n");
}

TEST_F(LogTest, AReaderThatIsGoneIsNoReasonToWait) {
  ::signal(SIGPIPE, SIG_IGN);
  Log log(write_end_.get(), "");
  read_end_.Reset();
  log.Relay("lost");
  EXPECT_FALSE(log.has_held_lines());
}

}  // namespace
}  // namespace umsdk::frontends
