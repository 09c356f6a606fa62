#include "umsdk/admin_socket.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <future>
#include <string>
#include <utility>

namespace umsdk {
namespace {

class AdminSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string made = testing::TempDir() + "/admin.XXXXXX";
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    runtime_ = made;
    ::setenv("XDG_RUNTIME_DIR", runtime_.c_str(), 1);
  }
  absl::StatusOr<std::unique_ptr<AdminSocket>> Open(const std::string& name) {
    return AdminSocket::Open(
        name,
        [this](UniqueFd connection) {
          served_.set_value(std::move(connection));
          return absl::OkStatus();
        },
        [](const std::string&) {});
  }
  UniqueFd Connect(const std::string& file) {
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto directory = AdminDirectory::Open(false);
    sockaddr_un address = directory->AddressOf(file);
    int result = ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
    return result == 0 ? std::move(socket) : UniqueFd();
  }
  std::string runtime_;
  std::promise<UniqueFd> served_;
};

TEST_F(AdminSocketTest, WhoConnectsIsServed) {
  auto admin = Open("build it");
  ASSERT_TRUE(admin.ok()) << admin.status();
  UniqueFd mine = Connect(std::to_string(::getpid()) + "-build_it");
  ASSERT_TRUE(mine.valid());
  UniqueFd theirs = served_.get_future().get();
  ASSERT_EQ(::write(theirs.get(), "x", 1), 1);
  char c = 0;
  EXPECT_EQ(::read(mine.get(), &c, 1), 1);
}

TEST_F(AdminSocketTest, IsListedWhileItIsThere) {
  auto admin = Open("");
  ASSERT_TRUE(admin.ok());
  std::vector<AdminEntry> entries = AdminDirectory::Open(false)->Entries();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].pid, ::getpid());
  EXPECT_EQ(entries[0].name, "");
  admin->reset();
  EXPECT_TRUE(AdminDirectory::Open(false)->Entries().empty());
  EXPECT_NE(::access((runtime_ + "/umview/" + std::to_string(::getpid())).c_str(), F_OK), 0);
}

TEST_F(AdminSocketTest, TakesOverWhatTheDeadLeft) {
  {
    auto directory = AdminDirectory::Open(true);
    UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address = directory->AddressOf(AdminFile(::getpid(), "a"));
    ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  auto admin = Open("a");
  ASSERT_TRUE(admin.ok()) << admin.status();
  EXPECT_TRUE(Connect(AdminFile(::getpid(), "a")).valid());
}

TEST_F(AdminSocketTest, RemovesWhatOtherDeadLeft) {
  auto directory = AdminDirectory::Open(true);
  for (const char* file : {"1-dead", "notes"}) {
    UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address = directory->AddressOf(file);
    ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  auto admin = Open("");
  ASSERT_TRUE(admin.ok()) << admin.status();
  EXPECT_EQ(directory->Entries().size(), 1u);
  EXPECT_EQ(::faccessat(directory->fd(), "notes", F_OK, 0), 0);  // not ours to remove
}

TEST_F(AdminSocketTest, TakesNothingFromTheLiving) {
  auto first = Open("a");
  ASSERT_TRUE(first.ok());
  auto second = Open("a");
  EXPECT_FALSE(second.ok());
  EXPECT_TRUE(Connect(AdminFile(::getpid(), "a")).valid());
}

TEST_F(AdminSocketTest, TrustsNoDirectoryThatOthersMayUse) {
  const std::string directory = runtime_ + "/umview";
  ASSERT_EQ(::mkdir(directory.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(directory.c_str(), 0750), 0);
  EXPECT_FALSE(Open("").ok());
  ASSERT_EQ(::rmdir(directory.c_str()), 0);
  ASSERT_EQ(::symlink("/tmp", directory.c_str()), 0);
  EXPECT_FALSE(Open("").ok());
}

TEST_F(AdminSocketTest, AVeryLongDirectoryIsNoProblem) {
  std::string deep = runtime_;
  for (int i = 0; i < 5; ++i) ASSERT_EQ(::mkdir((deep += "/" + std::string(100, 'x')).c_str(), 0700), 0);
  ::setenv("XDG_RUNTIME_DIR", deep.c_str(), 1);
  auto admin = Open("a");
  ASSERT_TRUE(admin.ok()) << admin.status();
  EXPECT_TRUE(Connect(AdminFile(::getpid(), "a")).valid());
}

}  // namespace
}  // namespace umsdk
