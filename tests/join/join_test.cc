// Supervisor::Admit and JoinedGuest: a command of another process is a guest like all others.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <cerrno>

#include "tests/join/join_test_base.h"

namespace umsdk {
namespace {

INSTANTIATE_JOIN_MODES(JoinTest);

TEST_P(JoinTest, SeesTheViewAndTellsItsEnd) {
  Joiner joiner("echo hello >" + mnt() + "/file && cd " + mnt() +
                " && cat file | cat && ls && exec sh -c 'exit 7'");
  Supervisor view = MakeView();
  auto guest = view.Admit(std::move(joiner.connection));
  ASSERT_TRUE(guest.ok()) << guest.status();
  auto status = guest->Wait();
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->code, 7);
  EXPECT_EQ(joiner.ExitCode(), 7);
  EXPECT_EQ(joiner.ReadAll(), "hello\nfile\n");
}

TEST_P(JoinTest, SeveralShareTheViewWithItsOwnGuests) {
  Joiner first("echo 1 >>" + mnt() + "/file; read line <" + dir_ + "/fifo; exit 1");
  Joiner second("echo 2 >>" + mnt() + "/file; echo go >" + dir_ + "/fifo; exit 2");
  ASSERT_EQ(::mkfifo((dir_ + "/fifo").c_str(), 0600), 0);
  Supervisor view = MakeView();
  auto one = view.Admit(std::move(first.connection));
  ASSERT_TRUE(one.ok()) << one.status();
  auto two = view.Admit(std::move(second.connection));
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->Wait()->code, 2);
  EXPECT_EQ(one->Wait()->code, 1);
  auto own = view.Run(Command("/bin/sh").Arg("-c").Arg("test $(cat " + mnt() + "/file | wc -l) = 2"));
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(own->code, 0);
}

// What could answer a call before the view's own filter is asked.
void InstallFilterOfItsOwn() {
  sock_filter allow[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  const sock_fprog program = {1, allow};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(99);
}

TEST_P(JoinTest, AProcessWithAFilterOfItsOwnMayJoin) {
  Joiner joiner("echo hello >" + mnt() + "/file && cat " + mnt() + "/file", &InstallFilterOfItsOwn);
  Supervisor view = MakeView();
  auto guest = view.Admit(std::move(joiner.connection));
  ASSERT_TRUE(guest.ok()) << guest.status();
  EXPECT_EQ(guest->Wait()->code, 0);
  EXPECT_EQ(joiner.ExitCode(), 0);
  EXPECT_EQ(joiner.ReadAll(), "hello\n");
}

TEST_P(JoinTest, WhatCannotBeExecutedIsToldToBoth) {
  Joiner joiner{Command("/nonexistent")};
  Supervisor view = MakeView();
  auto guest = view.Admit(std::move(joiner.connection));
  ASSERT_TRUE(guest.ok()) << guest.status();
  auto status = guest->Wait();
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->exec_errno, ENOENT);
  EXPECT_EQ(status->code, 127);
  EXPECT_EQ(joiner.ExitCode(), 127);
}

TEST_P(JoinTest, WhoIsRefusedRunsNothing) {
  Joiner joiner("echo outside >" + dir_ + "/marker");
  joiner.connection.Reset();
  EXPECT_EQ(joiner.ExitCode(), Joiner::kRefused);
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/marker"));
}

TEST_P(JoinTest, WhoDoesNotKeepTheRulesIsTurnedAway) {
  Supervisor view = MakeView();
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  UniqueFd stream(ends[0]), other(ends[1]);
  EXPECT_TRUE(absl::IsInvalidArgument(view.Admit(std::move(stream)).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(view.Admit(UniqueFd()).status()));
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  UniqueFd gone(ends[0]);
  ::close(ends[1]);
  EXPECT_FALSE(view.Admit(std::move(gone)).ok());
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  UniqueFd liar(ends[0]), lies(ends[1]);
  const char ready[8] = {};  // looks like a report that a command is ready
  ASSERT_EQ(::write(lies.get(), ready, sizeof(ready)), 8);
  EXPECT_FALSE(view.Admit(std::move(liar)).ok());
}

}  // namespace
}  // namespace umsdk
