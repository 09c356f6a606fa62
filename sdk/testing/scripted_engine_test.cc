// The service of the 30-line example, tested without processes.
#include "sdk/testing/scripted_engine.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "umsdk/umsdk.h"

namespace umsdk::testing {
namespace {

class Motd final : public Service {
 public:
  std::string_view name() const override { return "motd"; }
  Claims claims() const override { return Claim::Path("/etc/motd"); }
  SyscallResult OnOpen(SyscallContext& ctx, const OpenRequest& open) override {
    if ((open.flags & O_ACCMODE) != O_RDONLY) return Errno(EROFS);
    return ctx.Install(std::make_unique<BytesFile>("hello from umsdk\n"));
  }
};

int RunScript(ScriptedEngine::Script script) {
  auto supervisor = Supervisor::Builder()
                        .WithEngine(std::make_unique<ScriptedEngine>(std::move(script)))
                        .AddService(std::make_unique<Motd>())
                        .Build();
  if (!supervisor.ok()) return -1;
  auto exit = supervisor->Run(Command("script"));
  return exit.ok() ? exit->code : -1;
}

TEST(ScriptedEngineTest, GuestReadsTheVirtualFile) {
  EXPECT_EQ(RunScript([](ScriptedGuest& guest) {
    int64_t fd = guest.Syscall(SYS_openat, AT_FDCWD, "/etc/motd", O_RDONLY);
    EXPECT_GE(fd, 0);
    char buffer[64];
    EXPECT_EQ(guest.Syscall(SYS_read, fd, buffer, sizeof(buffer)), 17);
    EXPECT_EQ(std::string(buffer, 17), "hello from umsdk\n");
    EXPECT_EQ(guest.Syscall(SYS_close, fd), 0);
    return 3;
  }), 3);
}

TEST(ScriptedEngineTest, WhatOpensAlsoStats) {
  RunScript([](ScriptedGuest& guest) {
    struct stat st = {};
    EXPECT_EQ(guest.Syscall(SYS_stat, "/etc/motd", &st), 0);
    EXPECT_EQ(st.st_size, 17);
    EXPECT_TRUE(S_ISREG(st.st_mode));
    return 0;
  });
}

TEST(ScriptedEngineTest, TheRestIsTheHosts) {
  RunScript([](ScriptedGuest& guest) {
    EXPECT_EQ(guest.Syscall(SYS_openat, AT_FDCWD, "/etc/motd", O_WRONLY), -EROFS);
    struct stat st = {};
    EXPECT_EQ(guest.Syscall(SYS_stat, "/", &st), 0);
    EXPECT_EQ(guest.native_calls(), 1);
    EXPECT_EQ(guest.Syscall(SYS_stat, nullptr, &st), -EFAULT);
    return 0;
  });
}

}  // namespace
}  // namespace umsdk::testing
