// Single calls as an engine brings them to a view: what cannot be seen from a guest.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "sdk/base/unique_fd.h"
#include "sdk/core/view.h"
#include "sdk/testing/ram_service.h"
#include "sdk/testing/scripted_call.h"

namespace umsdk {
namespace {

using testing::ScriptedCall;

uint64_t Raw(const void* pointer) { return reinterpret_cast<uint64_t>(pointer); }
uint64_t Raw(int64_t value) { return static_cast<uint64_t>(value); }

// As if another thread of the guest wrote to `address` as soon as it was read.
class RacingCall final : public ScriptedCall {
 public:
  RacingCall(int64_t number, const std::array<uint64_t, 6>& args, uint64_t address, uint64_t later)
      : ScriptedCall(number, args), address_(address), later_(later) {}
  size_t ReadMemory(uint64_t address, void* out, size_t size) override {
    if (address != address_) return ScriptedCall::ReadMemory(address, out, size);
    return ScriptedCall::ReadMemory(reads_++ == 0 ? address_ : later_, out, size);
  }

 private:
  const uint64_t address_, later_;
  int reads_ = 0;
};

class ViewCallsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/view_calls.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
    ViewOptions options;
    options.report = [](const std::string&) {};
    auto view = View::Create(std::move(options));
    ASSERT_TRUE(view.ok()) << view.status();
    view_ = *std::move(view);
    ASSERT_TRUE(view_->AddService(view_->layer(), std::make_shared<RamService>(), 0).ok());
  }
  void TearDown() override {
    if (view_) view_->UnmountAll();
    ::rmdir(dir_.c_str());
  }
  // The view's answer; what it lets continue is made by nobody.
  int64_t Call(TrappedCall& call) {
    Verdict verdict = view_->Handle(call);
    return verdict.is_continue() ? kContinued : verdict.value();
  }
  int64_t Call(int64_t number, const std::array<uint64_t, 6>& args) {
    ScriptedCall call(number, args);
    return Call(call);
  }
  sockaddr_un Name(const std::string& name) const {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (dir_ + "/" + name).c_str(), sizeof(address.sun_path) - 1);
    return address;
  }

  static constexpr int64_t kContinued = 12345;
  std::string dir_;
  std::unique_ptr<View> view_;
};

TEST_F(ViewCallsTest, ConnectGoesToTheAddressThatItDecidedOn) {
  ASSERT_EQ(Call(SYS_mount, {Raw("none"), Raw(dir_.c_str()), Raw("umramfs"), 0, 0, 0}), 0);
  UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un there = Name("there"), nothing = Name("nothing");
  ASSERT_EQ(Call(SYS_bind, {Raw(listener.get()), Raw(&there), sizeof(there), 0, 0, 0}), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  RacingCall call(SYS_connect, {Raw(client.get()), Raw(&there), sizeof(there), 0, 0, 0}, Raw(&there), Raw(&nothing));
  EXPECT_EQ(Call(call), 0);
  EXPECT_EQ(Call(SYS_connect, {Raw(client.get()), Raw(&nothing), sizeof(nothing), 0, 0, 0}), -ENOENT);
}

// make(1) sets its own ids before each command: that must not cost every later call a look at who asks.
TEST_F(ViewCallsTest, OwnIdsAreNoOtherIdentity) {
  const uint64_t uid = ::geteuid(), gid = ::getegid(), same = UINT32_MAX;
  EXPECT_EQ(Call(SYS_setuid, {uid}), kContinued);
  EXPECT_EQ(Call(SYS_setfsuid, {uid}), kContinued);
  EXPECT_EQ(Call(SYS_setreuid, {same, uid}), kContinued);
  EXPECT_EQ(Call(SYS_setresuid, {uid, uid, uid}), kContinued);
  EXPECT_EQ(Call(SYS_setgid, {gid}), kContinued);
  EXPECT_EQ(Call(SYS_setfsgid, {gid}), kContinued);
  EXPECT_EQ(Call(SYS_setregid, {gid, same}), kContinued);
  EXPECT_EQ(Call(SYS_setresgid, {gid, same, gid}), kContinued);
  EXPECT_FALSE(view_->identities().differ());
}

TEST_F(ViewCallsTest, OtherIdsAreAnotherIdentity) {
  const uint64_t uid = ::geteuid(), gid = ::getegid();
  const struct {
    int64_t number;
    std::array<uint64_t, 6> args;
  } kCalls[] = {{SYS_setuid, {uid + 1}},          {SYS_setreuid, {uid, uid + 1}},
                {SYS_setresuid, {uid, uid, uid + 1}}, {SYS_setgid, {gid + 1}},
                {SYS_setresgid, {gid + 1, gid, gid}}, {SYS_setgroups, {0, 0}}};
  for (const auto& [number, args] : kCalls) {
    TearDown();
    SetUp();
    EXPECT_EQ(Call(number, args), kContinued);
    EXPECT_TRUE(view_->identities().differ()) << number;
  }
}

}  // namespace
}  // namespace umsdk
