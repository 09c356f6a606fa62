#include "frontends/session/remote_admin.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

namespace umsdk::frontends {
namespace {

class RemoteAdminTest : public testing::Test {
 protected:
  RemoteAdminTest() {
    std::string name = "/tmp/remote_admin.XXXXXX";
    ::close(::mkstemp(name.data()));
    path_ = name;
  }
  ~RemoteAdminTest() override { ::unlink(path_.c_str()); }
  absl::StatusOr<RemoteAdmin> Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadRemoteAdmin(path_);
  }
  std::string Error(const std::string& text) {
    return std::string(Read(text).status().message()).substr(path_.size());
  }
  std::string path_;
};

constexpr char kAll[] = "# a comment\n\n  listen [::1]:70\ncertificate c.pem\nkey\t/k e y\nclient-ca ca.pem\n";

TEST_F(RemoteAdminTest, TakesPathsFromItsDirectoryAndSpacesInValues) {
  absl::StatusOr<RemoteAdmin> remote = Read(std::string(kAll) + "owner Ann Other\nreader bob \n");
  ASSERT_TRUE(remote.ok()) << remote.status();
  EXPECT_EQ(remote->address, "[::1]:70");
  EXPECT_EQ(remote->certificate, "/tmp/c.pem");
  EXPECT_EQ(remote->key, "/k e y");
  EXPECT_EQ(remote->client_ca, "/tmp/ca.pem");
  EXPECT_EQ(remote->roles.at("Ann Other"), AdminRole::kOwner);
  EXPECT_EQ(remote->roles.at("bob"), AdminRole::kReader);
}

TEST_F(RemoteAdminTest, SaysWhatIsWrongWhere) {
  EXPECT_EQ(Error("writer bob"), ":1: 'writer' is none of listen, certificate, key, client-ca, owner, reader");
  EXPECT_EQ(Error("\nlisten"), ":2: 'listen' wants a value");
  EXPECT_EQ(Error("listen a:1\nlisten b:1"), ":2: a second 'listen'");
  EXPECT_EQ(Error("owner a\nreader a"), ":2: a has a role already");
  EXPECT_EQ(Error("listen a:1\n"), ": a line 'certificate ...' is missing");
  EXPECT_EQ(Error(kAll), ": nobody may come in; add a line 'owner NAME' or 'reader NAME'");
  EXPECT_EQ(ReadRemoteAdmin("/nonexistent/x").status().message(),
            "cannot read /nonexistent/x: No such file or directory");
}

}  // namespace
}  // namespace umsdk::frontends
