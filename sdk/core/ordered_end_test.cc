#include "sdk/core/ordered_end.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sdk/core/virtual_node.h"

namespace umsdk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A file system that a process of the view serves, and that notes when it was waited for.
class ServedFs final : public FileSystem {
 public:
  ServedFs(pid_t process, std::string name, std::vector<std::string>& log)
      : end_(std::make_shared<TheEnd>(process, std::move(name), log)) {}
  ErrnoOr<Entry> Lookup(const Caller&, NodeId, std::string_view) override { return Errno(ENOENT); }
  ErrnoOr<Attr> GetAttr(NodeId) override { return Attr(); }
  std::shared_ptr<FileSystemEnd> End() override { return end_; }

 private:
  class TheEnd final : public FileSystemEnd {
   public:
    TheEnd(pid_t process, std::string name, std::vector<std::string>& log)
        : process_(process), name_(std::move(name)), log_(log) {}
    ErrnoOrOk Await() override {
      log_.push_back(name_);
      return {};
    }
    bool Working() override { return false; }
    pid_t Process() override { return process_; }

   private:
    const pid_t process_;
    const std::string name_;
    std::vector<std::string>& log_;
  };
  const std::shared_ptr<TheEnd> end_;
};

// The test itself is the process that serves, and has things of mounts open.
class OrderedEndTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ViewOptions options;
    options.report = [](const std::string&) {};
    auto view = View::Create(std::move(options));
    ASSERT_TRUE(view.ok()) << view.status();
    view_ = *std::move(view);
  }
  std::shared_ptr<Mount> Add(const std::string& name, pid_t process) {
    auto mount = std::make_shared<Mount>();
    mount->dev = NextMountDevice();
    mount->target = "/" + name;
    mount->epoch = view_->NextEpoch();
    mount->fs = std::make_shared<ServedFs>(process, name, ended_);
    view_->layer().mounts().Add(mount);
    return mount;
  }
  // A descriptor of this process that stands for something of the mount, and may make it busy.
  void Open(const std::shared_ptr<Mount>& mount, bool busy = true) {
    auto node = std::make_shared<VirtualNode>(mount, nullptr, mount->target);
    ErrnoOr<UniqueFd> fd = node->Open();
    ASSERT_TRUE(fd.ok());
    view_->objects().Add(node->key(), node, fd->get());
    held_.push_back(*std::move(fd));
    if (!busy) node->Reap();
  }
  std::vector<std::string> Left() {
    std::vector<std::string> targets;
    for (const auto& mount : view_->layer().mounts().List()) targets.push_back(mount->target);
    return targets;
  }

  std::vector<std::string> ended_;
  std::vector<UniqueFd> held_;
  std::unique_ptr<View> view_;  // unmounts the rest at its end
};

TEST_F(OrderedEndTest, WhatLeansOnAnotherIsUnmountedNewestFirst) {
  Open(Add("image", 0));
  Add("older", ::getpid());
  Add("newer", ::getpid());
  UnmountLeaning(*view_);
  EXPECT_THAT(ended_, ElementsAre("newer", "older"));
  EXPECT_THAT(Left(), ElementsAre("/image"));
}

TEST_F(OrderedEndTest, WhatLeansOnNothingStays) {
  Add("image", 0);
  Add("alone", ::getpid());
  UnmountLeaning(*view_);
  EXPECT_THAT(ended_, IsEmpty());
  EXPECT_THAT(Left(), ElementsAre("/image", "/alone"));
}

TEST_F(OrderedEndTest, ItsOwnFilesAreNoOthers) {
  Open(Add("alone", ::getpid()), /*busy=*/false);
  UnmountLeaning(*view_);
  EXPECT_THAT(Left(), ElementsAre("/alone"));
}

TEST_F(OrderedEndTest, WhatAGuestUsesStays) {
  Open(Add("image", 0));
  Open(Add("used", ::getpid()));
  UnmountLeaning(*view_);
  EXPECT_THAT(ended_, IsEmpty());
  EXPECT_THAT(Left(), ElementsAre("/image", "/used"));
}

TEST_F(OrderedEndTest, WhatASubViewHasTooStays) {
  Open(Add("image", 0));
  Add("shared", ::getpid());
  const std::shared_ptr<Layer> sub_view = view_->layer().Copy();
  UnmountLeaning(*view_);
  EXPECT_THAT(ended_, IsEmpty());
  EXPECT_THAT(Left(), ElementsAre("/image", "/shared"));
}

TEST_F(OrderedEndTest, AProcessThatIsGoneLeansOnNothing) {
  Open(Add("image", 0));
  constexpr pid_t kNobody = 1 << 30;  // above what pid_max can be
  Add("left", kNobody);
  UnmountLeaning(*view_);
  EXPECT_THAT(Left(), ElementsAre("/image", "/left"));
}

}  // namespace
}  // namespace umsdk
