#include "umsdk/tree_end.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sdk/base/mutex.h"

namespace umsdk {
namespace {

using ::testing::ElementsAre;
using std::chrono::milliseconds;

// A tree with one guest: it ends at SIGTERM by itself, or only when it is killed.
class FakeTree final : public GuestTree {
 public:
  explicit FakeTree(bool stubborn) : stubborn_(stubborn) {}
  pid_t pid() const override { return 0; }
  GuestEvent WaitEvent() override { return {GuestEvent::Kind::kLost, 0, 0}; }
  int event_fd() const override { return -1; }
  absl::Status Signal(int) override { return absl::OkStatus(); }
  void Terminate(milliseconds grace, bool linger) override {
    EXPECT_FALSE(linger);
    MutexLock lock(mutex_);
    graces_.push_back(grace);
    if (grace == milliseconds(0) || !stubborn_) over_ = true;
    changed_.notify_all();
    while (!over_ && grace > kShort) changed_.wait(mutex_);
  }
  // Of each Terminate, in their order.
  std::vector<milliseconds> graces() const {
    MutexLock lock(mutex_);
    return graces_;
  }
  static constexpr milliseconds kShort{10000};

 private:
  const bool stubborn_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool over_ UMSDK_GUARDED_BY(mutex_) = false;
  std::vector<milliseconds> graces_ UMSDK_GUARDED_BY(mutex_);
};

// Works until it was asked so often.
class FakeEnd final : public FileSystemEnd {
 public:
  explicit FakeEnd(int times) : times_(times) {}
  ErrnoOrOk Await() override { return {}; }
  bool Working() override { return --times_ > 0; }
  int times() const { return times_; }

 private:
  int times_;
};

class TreeEndTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ViewOptions options;
    options.report = [](const std::string&) {};
    auto view = View::Create(std::move(options));
    ASSERT_TRUE(view.ok()) << view.status();
    view_ = *std::move(view);
  }
  milliseconds End(FakeTree& tree) {
    const auto start = std::chrono::steady_clock::now();
    EndTree(tree, *view_);
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
  }

  std::unique_ptr<View> view_;
};

constexpr milliseconds kGrace(2000);

TEST_F(TreeEndTest, WithoutFileSystemsOfGuestsTheTreeKillsAfterTheGrace) {
  FakeTree tree(true);
  End(tree);
  EXPECT_THAT(tree.graces(), ElementsAre(kGrace));
}

TEST_F(TreeEndTest, WhatEndsAtOnceIsNotWaitedFor) {
  const auto end = std::make_shared<FakeEnd>(1000000);
  view_->mount_ends().Add(end);
  FakeTree tree(false);
  EXPECT_LT(End(tree), kGrace);
  EXPECT_EQ(end->times(), 1000000) << "nobody needs to know";
}

TEST_F(TreeEndTest, WhatDoesNotWorkIsKilledAfterTheGrace) {
  const auto end = std::make_shared<FakeEnd>(1);
  view_->mount_ends().Add(end);
  FakeTree tree(true);
  EXPECT_GE(End(tree), kGrace);
  ASSERT_EQ(tree.graces().size(), 2u);
  EXPECT_GT(tree.graces()[0], FakeTree::kShort);
  EXPECT_EQ(tree.graces()[1], milliseconds(0));
}

TEST_F(TreeEndTest, WhatStillWritesIsNotKilled) {
  const auto end = std::make_shared<FakeEnd>(5);
  view_->mount_ends().Add(end);
  FakeTree tree(true);
  EXPECT_GE(End(tree), kGrace + 4 * milliseconds(50));
  EXPECT_EQ(end->times(), 0) << "asked until it had done";
}

}  // namespace
}  // namespace umsdk
