// The fixture of FuseFileSystem's tests: a file system whose daemon answers as the test says.
#ifndef SERVICES_UMFUSE_TEST_SUPPORT_H_
#define SERVICES_UMFUSE_TEST_SUPPORT_H_

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "services/umfuse/fuse_file_system.h"
#include "services/umfuse/protocol/scripted_daemon.h"

namespace umsdk::umfuse {

inline constexpr uint64_t kLong = 3600;

inline fuse_entry_out EntryOf(uint64_t node, uint64_t seconds, mode_t mode = S_IFREG | 0644) {
  fuse_entry_out entry = {};
  entry.nodeid = node;
  entry.entry_valid = entry.attr_valid = seconds;
  entry.attr.ino = node;
  entry.attr.mode = mode;
  entry.attr.size = 5;
  return entry;
}

class FakeCache final : public CacheControl {
 public:
  void DropData(NodeId node) override { dropped.push_back(node); }
  std::vector<NodeId> dropped;
};

// A daemon that answers by opcode and keeps a log of what it was asked.
class FuseFileSystemTest : public testing::Test {
 protected:
  using Answer = std::function<void(ScriptedDaemon&, const Heard&)>;

  void SetUp() override {
    auto ends = MakeChannel();
    ASSERT_TRUE(ends.ok());
    conn_ = std::make_shared<FuseConn>(std::move(ends->first), 0);
    caller_.tid = 42;
    answers_[FUSE_DESTROY] = [](ScriptedDaemon& daemon, const Heard& heard) {
      daemon.Reply(heard.header.unique, 0);
    };
    socket_ = std::move(ends->second);
  }
  // After the answers are set.
  FuseFileSystem& Fs(FuseMountOptions options = {.allow_other = true}) {
    if (fs_) return *fs_;
    daemon_.emplace(std::move(socket_),
                    [this](ScriptedDaemon& daemon, const Heard& heard) { Serve(daemon, heard); },
                    init_);
    conn_->Start();
    fs_.emplace(conn_, options, nullptr, nullptr);
    return *fs_;
  }
  void TearDown() override {
    Fs();
    fs_.reset();
    conn_->Abort();
  }
  void Serve(ScriptedDaemon& daemon, const Heard& heard) {
    bool silent = heard.header.opcode == FUSE_FORGET || heard.header.opcode == FUSE_BATCH_FORGET;
    Answer answer;
    {
      MutexLock lock(mutex_);
      log_.push_back(heard);
      if (auto it = answers_.find(heard.header.opcode); it != answers_.end()) answer = it->second;
    }
    if (answer) return answer(daemon, heard);
    if (!silent) daemon.Reply(heard.header.unique, -ENOSYS);
  }
  template <typename Struct>
  void AnswerWith(uint32_t opcode, const Struct& value) {
    MutexLock lock(mutex_);
    answers_[opcode] = [value](ScriptedDaemon& daemon, const Heard& heard) {
      daemon.ReplyStruct(heard.header.unique, value);
    };
  }
  // Those asked so far; a question that is answered comes after all that was posted before it.
  std::vector<Heard> Asked(uint32_t opcode) {
    (void)conn_->Call(Request(FUSE_BMAP, 1), Sender(), {});
    MutexLock lock(mutex_);
    std::vector<Heard> found;
    for (const Heard& heard : log_) {
      if (heard.header.opcode == opcode) found.push_back(heard);
    }
    return found;
  }

  Caller caller_;
  std::map<uint32_t, Answer> answers_;
  Mutex mutex_;
  std::vector<Heard> log_;
  std::shared_ptr<FuseConn> conn_;
  UniqueFd socket_;
  fuse_init_out init_ = ScriptedDaemon::DefaultInit();  // before Fs()
  std::optional<ScriptedDaemon> daemon_;
  std::optional<FuseFileSystem> fs_;
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_TEST_SUPPORT_H_
