#include "sdk/syscall/syscalls_doc.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "sdk/syscall/find_syscall.h"

namespace umsdk {
namespace {

TEST(SyscallsDocTest, CommittedDocumentIsUpToDate) {
  std::ifstream file("docs/syscalls.md");
  ASSERT_TRUE(file) << "docs/syscalls.md is not there";
  const std::string committed((std::istreambuf_iterator<char>(file)), {});
  EXPECT_TRUE(committed == RenderSyscallsDoc())
      << "run: bazel run //sdk/syscall:syscalls_doc > docs/syscalls.md";
}

TEST(SyscallsDocTest, NoCellCanBreakTheTable) {
  std::istringstream doc(RenderSyscallsDoc());
  int rows = 0;
  for (std::string line; std::getline(doc, line);) {
    if (!line.starts_with("| ")) continue;
    ++rows;
    EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 7) << line;
  }
  EXPECT_EQ(static_cast<size_t>(rows), AllSyscallInfos().size() + 1) << "a row a call and a head";
}

}  // namespace
}  // namespace umsdk
