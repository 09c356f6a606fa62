// What a daemon says to POLL, and what is shown of it.
#include <fcntl.h>
#include <poll.h>

#include <atomic>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/umfuse/test_support.h"

namespace umsdk::umfuse {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Seeking = OpenReply::Seeking;

class FakeReadiness final : public Readiness {
 public:
  void Show(unsigned events, bool news) override {
    MutexLock lock(mutex_);
    shown_.emplace_back(events, news);
  }
  std::vector<std::pair<unsigned, bool>> shown() {
    MutexLock lock(mutex_);
    return std::exchange(shown_, {});
  }

 private:
  Mutex mutex_;
  std::vector<std::pair<unsigned, bool>> shown_ UMSDK_GUARDED_BY(mutex_);
};

class FusePollTest : public FuseFileSystemTest {
 protected:
  FileHandle Open() {
    AnswerWith(FUSE_OPEN, fuse_open_out{77, FOPEN_STREAM | FOPEN_DIRECT_IO, 0});
    ErrnoOr<OpenReply> open = Fs().Open(caller_, 5, O_RDWR);
    EXPECT_TRUE(open.ok());
    return open->handle;
  }
  void AnswerPoll(unsigned events) { AnswerWith(FUSE_POLL, fuse_poll_out{events, 0}); }

  std::shared_ptr<FakeReadiness> readiness_ = std::make_shared<FakeReadiness>();
};

TEST_F(FusePollTest, TheOpenTellsWhatCannotBeSought) {
  AnswerWith(FUSE_OPEN, fuse_open_out{77, FOPEN_NONSEEKABLE, 0});
  EXPECT_EQ(Fs().Open(caller_, 5, O_RDONLY)->seeking, Seeking::kInOrder);
  AnswerWith(FUSE_OPEN, fuse_open_out{77, FOPEN_NONSEEKABLE | FOPEN_STREAM, 0});
  EXPECT_EQ(Fs().Open(caller_, 5, O_RDONLY)->seeking, Seeking::kStream);
  AnswerWith(FUSE_OPEN, fuse_open_out{77, FOPEN_DIRECT_IO, 0});
  EXPECT_EQ(Fs().Open(caller_, 5, O_RDONLY)->seeking, Seeking::kFree);
  EXPECT_THAT(Asked(FUSE_POLL), IsEmpty());
}

TEST_F(FusePollTest, IsAskedAtTheOpenAndAfterReadsAndWrites) {
  AnswerPoll(POLLOUT);
  AnswerWith(FUSE_WRITE, fuse_write_out{5, 0});
  FileHandle handle = Open();
  Fs().ShowReadiness(5, handle, readiness_);
  EXPECT_THAT(readiness_->shown(), ElementsAre(std::pair(unsigned{POLLOUT}, false)));
  AnswerPoll(POLLIN);
  ASSERT_TRUE(Fs().Write(5, handle, 0, std::string_view("hello")).ok());
  char room[8];
  EXPECT_FALSE(Fs().Read(5, handle, 0, room).ok());
  EXPECT_THAT(readiness_->shown(), ElementsAre(std::pair(unsigned{POLLIN}, false),
                                               std::pair(unsigned{POLLIN}, false)));
  std::vector<Heard> asked = Asked(FUSE_POLL);
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].As<fuse_poll_in>().fh, 77u);
  EXPECT_EQ(asked[0].As<fuse_poll_in>().flags, unsigned{FUSE_POLL_SCHEDULE_NOTIFY});
}

TEST_F(FusePollTest, ANotificationIsNews) {
  AnswerPoll(0);
  FileHandle handle = Open();
  Fs().ShowReadiness(5, handle, readiness_);
  const uint64_t key = Asked(FUSE_POLL)[0].As<fuse_poll_in>().kh;
  readiness_->shown();
  AnswerPoll(POLLIN);
  daemon_->Notify(FUSE_NOTIFY_POLL, fuse_notify_poll_wakeup_out{key});
  daemon_->Notify(FUSE_NOTIFY_POLL, fuse_notify_poll_wakeup_out{key + 1000});
  (void)Asked(FUSE_POLL);  // the notification comes before the first answer, that to POLL before the next
  (void)Asked(FUSE_POLL);
  EXPECT_THAT(readiness_->shown(), ElementsAre(std::pair(unsigned{POLLIN}, true)));
  EXPECT_TRUE(conn_->eager());
}

TEST_F(FusePollTest, TheFileIsNotReleasedBeforeAPollIsAnswered) {
  AnswerPoll(0);
  FileHandle handle = Open();
  Fs().ShowReadiness(5, handle, readiness_);
  const uint64_t key = Asked(FUSE_POLL)[0].As<fuse_poll_in>().kh;
  std::atomic<uint64_t> unanswered = 0;
  {
    MutexLock lock(mutex_);
    answers_[FUSE_POLL] = [&](ScriptedDaemon&, const Heard& heard) {
      unanswered = heard.header.unique;
    };
  }
  daemon_->Notify(FUSE_NOTIFY_POLL, fuse_notify_poll_wakeup_out{key});
  (void)Asked(FUSE_POLL);
  Fs().Release(5, handle);
  EXPECT_THAT(Asked(FUSE_RELEASE), IsEmpty());
  daemon_->ReplyStruct(unanswered, fuse_poll_out{POLLIN, 0});
  (void)Asked(FUSE_RELEASE);
  EXPECT_EQ(Asked(FUSE_RELEASE).size(), 1u);
  EXPECT_FALSE(conn_->eager());
}

TEST_F(FusePollTest, WithoutPollAllIsAlwaysReadyAndNothingIsAsked) {
  AnswerWith(FUSE_WRITE, fuse_write_out{5, 0});
  FileHandle handle = Open();
  Fs().ShowReadiness(5, handle, readiness_);
  EXPECT_THAT(readiness_->shown(), ElementsAre(std::pair(unsigned{POLLIN | POLLOUT}, false)));
  ASSERT_TRUE(Fs().Write(5, handle, 0, std::string_view("hello")).ok());
  EXPECT_EQ(Asked(FUSE_POLL).size(), 1u);
  EXPECT_THAT(readiness_->shown(), IsEmpty());
  EXPECT_FALSE(conn_->eager());
}

TEST_F(FusePollTest, TheEndOfTheDaemonIsNews) {
  AnswerPoll(0);
  FileHandle handle = Open();
  Fs().ShowReadiness(5, handle, readiness_);
  readiness_->shown();
  daemon_->Hangup();
  while (conn_->ReadIdle()) continue;
  EXPECT_THAT(readiness_->shown(), ElementsAre(std::pair(unsigned{POLLERR}, true)));
}

TEST_F(FusePollTest, FlagsThatChangeAreTold) {
  FileHandle handle = Open();
  char room[8];
  EXPECT_FALSE(Fs().Read(5, handle, 0, room).ok());
  Fs().SetStatusFlags(5, handle, O_NONBLOCK);
  AnswerWith(FUSE_WRITE, fuse_write_out{5, 0});
  ASSERT_TRUE(Fs().Write(5, handle, 0, std::string_view("hello")).ok());
  EXPECT_EQ(Asked(FUSE_READ)[0].As<fuse_read_in>().flags & O_NONBLOCK, 0u);
  EXPECT_EQ(Asked(FUSE_WRITE)[0].As<fuse_write_in>().flags & O_NONBLOCK, unsigned{O_NONBLOCK});
}

}  // namespace
}  // namespace umsdk::umfuse
