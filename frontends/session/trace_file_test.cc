#include "frontends/session/trace_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

namespace umsdk::frontends {
namespace {

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(TraceFileTest, EachLineIsThereAtOnce) {
  std::string path = testing::TempDir() + "/trace";
  std::ofstream(path) << "old";
  auto trace = TraceFile::Create(path);
  ASSERT_TRUE(trace.ok()) << trace.status();
  trace->Write({.tid = 7, .call = "close(3)", .result = "= 0"});
  EXPECT_EQ(Read(path), "7 close(3) = 0\n");
  trace->Write({.tid = 8, .call = "close(3)", .result = "= -1 EBADF (Bad file descriptor)"});
  EXPECT_EQ(Read(path), "7 close(3) = 0\n8 close(3) = -1 EBADF (Bad file descriptor)\n");
  ::unlink(path.c_str());
}

TEST(TraceFileTest, OnlyItsOwnerMayRead) {
  std::string path = testing::TempDir() + "/private";
  ::umask(0);
  ASSERT_TRUE(TraceFile::Create(path).ok());
  struct stat st;
  ASSERT_EQ(::stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0600u);
  ::unlink(path.c_str());
}

TEST(TraceFileTest, FollowsNoLink) {
  std::string victim = testing::TempDir() + "/victim", link = testing::TempDir() + "/link";
  std::ofstream(victim) << "precious";
  ASSERT_EQ(::symlink(victim.c_str(), link.c_str()), 0);
  EXPECT_EQ(TraceFile::Create(link).status().message(),
            "cannot write the trace to " + link + ": it is a symbolic link");
  EXPECT_EQ(Read(victim), "precious");
  ::unlink(link.c_str());
  ::unlink(victim.c_str());
}

TEST(TraceFileTest, SaysWhyItCannotBeWritten) {
  EXPECT_EQ(TraceFile::Create("/nonexistent/trace").status().message(),
            "cannot write the trace to /nonexistent/trace: No such file or directory");
}

}  // namespace
}  // namespace umsdk::frontends
