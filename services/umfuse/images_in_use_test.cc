#include "services/umfuse/images_in_use.h"

#include <memory>
#include <optional>

#include "gtest/gtest.h"

namespace umsdk::umfuse {
namespace {

class FakeProgram final : public Helper {
 public:
  pid_t pid() const override { return 1; }
  int end_fd() const override { return -1; }
  std::optional<int> status() override { return status_; }
  void End() { status_ = 0; }

 private:
  std::optional<int> status_;
};

TEST(ImagesInUseTest, ManyReadOneWrites) {
  ImagesInUse images;
  auto reader = images.TryUse("/a", false), writer = images.TryUse("/b", true);
  EXPECT_NE(images.TryUse("/a", false), nullptr);
  EXPECT_EQ(images.TryUse("/a", true), nullptr);
  EXPECT_EQ(images.TryUse("/b", false), nullptr);
  EXPECT_EQ(images.TryUse("/b", true), nullptr);
  EXPECT_NE(images.TryUse("/c", true), nullptr);
}

TEST(ImagesInUseTest, OneThatFailedToMountIsFreeAgain) {
  ImagesInUse images;
  images.TryUse("/a", true).reset();
  EXPECT_NE(images.TryUse("/a", true), nullptr);
}

TEST(ImagesInUseTest, EndsWithTheProgram) {
  ImagesInUse images;
  auto ended = std::make_shared<FakeProgram>(), dropped = std::make_shared<FakeProgram>();
  std::shared_ptr<Helper> first = images.Bind(images.TryUse("/a", true), ended);
  std::shared_ptr<Helper> second = images.Bind(images.TryUse("/b", true), dropped);
  EXPECT_EQ(images.TryUse("/a", false), nullptr);
  ended->End();
  EXPECT_NE(images.TryUse("/a", true), nullptr);
  EXPECT_EQ(images.TryUse("/b", true), nullptr);
  second.reset();
  EXPECT_NE(images.TryUse("/b", true), nullptr);
}

}  // namespace
}  // namespace umsdk::umfuse
