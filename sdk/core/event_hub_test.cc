#include "sdk/core/event_hub.h"

#include <gtest/gtest.h>

#include <thread>

namespace umsdk {
namespace {

constexpr std::chrono::milliseconds kNow(0), kLong(60000);
using Kind = ViewEvent::Kind;

TEST(EventHubTest, EachWatcherGetsAllSinceItCameInOrder) {
  EventHub hub;
  hub.Publish(Kind::kNotice, "nobody hears");
  auto one = hub.Watch();
  hub.Publish(Kind::kMounted, "/a", "umdev");
  auto two = hub.Watch();
  hub.Publish(Kind::kUnmounted, "/a");
  EXPECT_EQ(one->Next(kLong)->subject, "/a");
  EXPECT_EQ(one->Next(kLong)->kind, Kind::kUnmounted);
  EXPECT_FALSE(one->Next(kNow).has_value());
  EXPECT_EQ(two->Next(kLong)->kind, Kind::kUnmounted);
  EXPECT_FALSE(two->Next(kNow).has_value());
}

TEST(EventHubTest, WhoIsSlowLosesTheOldestAndIsTold) {
  EventHub hub;
  auto watcher = hub.Watch();
  for (size_t i = 0; i < EventHub::kMostKept + 3; ++i) hub.Publish(Kind::kNotice, std::to_string(i));
  std::optional<ViewEvent> first = watcher->Next(kNow);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->subject, "3");
  EXPECT_EQ(first->lost, 3u);
  EXPECT_EQ(watcher->Next(kNow)->lost, 0u);
}

TEST(EventHubTest, WakesOneThatWaits) {
  EventHub hub;
  auto watcher = hub.Watch();
  std::thread publisher([&] { hub.Publish(Kind::kNotice, "here"); });
  EXPECT_EQ(watcher->Next(kLong)->subject, "here");
  publisher.join();
}

TEST(EventHubTest, MayBeOutlivedAndLeft) {
  std::unique_ptr<ViewEvents> watcher;
  {
    EventHub hub;
    watcher = hub.Watch();
    hub.Watch().reset();
    hub.Publish(Kind::kNotice, "last");
  }
  EXPECT_EQ(watcher->Next(kNow)->subject, "last");
  EXPECT_FALSE(watcher->Next(kNow).has_value());
}

}  // namespace
}  // namespace umsdk
