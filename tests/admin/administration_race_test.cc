// Many administrators of one view at the same time, while guests use a service that stays.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "umsdk/umsdk.h"

namespace umsdk {
namespace {

constexpr int kAdministrators = 50, kRounds = 10, kGuests = 20, kNames = 8;

// Comes and goes; nobody uses it.
class Passing final : public Service {
 public:
  explicit Passing(std::string name) : name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  Claims claims() const override { return Claim::Path("/umsdk_race/" + name_); }

 private:
  const std::string name_;
};

class Staying final : public Service {
 public:
  std::string_view name() const override { return "staying"; }
  Claims claims() const override { return Claim::Path("/umsdk_race.txt"); }
  SyscallResult OnOpen(SyscallContext& ctx, const OpenRequest&) override {
    return ctx.Install(std::make_unique<BytesFile>("here\n"));
  }
};

class AdministrationRaceTest : public testing::TestWithParam<EngineKind> {
 protected:
  AdministrationRaceTest() {
    std::string name = "/tmp/umsdk-race.XXXXXX";
    stop_ = std::string(::mkdtemp(name.data())) + "/stop";
  }
  ~AdministrationRaceTest() override {
    EXPECT_EQ(::system(("rm -r " + stop_.substr(0, stop_.rfind('/'))).c_str()), 0);
  }

  absl::StatusOr<Supervisor> MakeView() {
    return Supervisor::Builder()
        .AddService(std::make_unique<Staying>())
        .WithServiceLoader([](const std::string& name, const std::string&) -> absl::StatusOr<std::unique_ptr<Service>> {
          return std::make_unique<Passing>(name);
        })
        .WithEngine(GetParam())
        .Build();
  }

  void Administer(Administration& view, int number) {
    for (int round = 0; round < kRounds; ++round) {
      ServiceSelector which{0, 0, "passing" + std::to_string((number + round) % kNames)};
      absl::Status added = view.LoadService(which.name, "", 1);
      EXPECT_TRUE(added.ok() || absl::IsAlreadyExists(added)) << added;
      absl::Status moved = view.MoveService(which, 0);
      EXPECT_TRUE(moved.ok() || absl::IsNotFound(moved)) << moved;
      EXPECT_TRUE(view.Services().ok());
      absl::Status removed = view.RemoveService(which, false);
      EXPECT_TRUE(removed.ok() || absl::IsNotFound(removed)) << removed;
      grown_ += (added.ok() ? 1 : 0) - (removed.ok() ? 1 : 0);
    }
  }

  std::string stop_;  // guests end when there is such a file
  std::atomic<int> grown_{0};
};

TEST_P(AdministrationRaceTest, NothingIsLostAndNoGuestNotices) {
  absl::StatusOr<Supervisor> view = MakeView();
  ASSERT_TRUE(view.ok()) << view.status();
  const std::string script =
      "until [ -e " + stop_ + " ]; do read -r line </umsdk_race.txt || exit 1; [ \"$line\" = here ] || exit 2; done";
  std::vector<Guest> guests;
  for (int i = 0; i < kGuests; ++i) {
    absl::StatusOr<Guest> guest = view->Spawn(Command("/bin/sh").Arg("-c").Arg(script));
    ASSERT_TRUE(guest.ok()) << guest.status();
    guests.push_back(*std::move(guest));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kAdministrators; ++i) threads.emplace_back([&, i] { Administer(view->administration(), i); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(::system(("touch " + stop_).c_str()), 0);
  for (Guest& guest : guests) {
    absl::StatusOr<ExitStatus> end = guest.Wait();
    ASSERT_TRUE(end.ok()) << end.status();
    EXPECT_EQ(end->code, 0);
  }
  EXPECT_EQ(view->administration().Services()->size(), 1u + static_cast<size_t>(grown_));
}

INSTANTIATE_TEST_SUITE_P(Engines, AdministrationRaceTest, testing::Values(EngineKind::kNotify, EngineKind::kPtrace),
                         [](const auto& info) { return info.param == EngineKind::kNotify ? "notify" : "ptrace"; });

}  // namespace
}  // namespace umsdk
