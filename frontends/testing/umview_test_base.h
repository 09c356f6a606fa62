// UmviewTestBase: runs umview with the engine that is the test's parameter, in a directory of its
// own.
#ifndef FRONTENDS_TESTING_UMVIEW_TEST_BASE_H_
#define FRONTENDS_TESTING_UMVIEW_TEST_BASE_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "frontends/testing/run_program.h"

namespace umsdk::frontends {

inline std::string Absolute(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  std::string result = resolved != nullptr ? resolved : path;
  ::free(resolved);
  return result;
}

class UmviewTestBase : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string name = "/tmp/umview.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    // A sanitizer that looks for leaks at their end would ptrace them.
    const std::string unchecked = "ASAN_OPTIONS=detect_leaks=0 ";
    mount_ = unchecked + Absolute("frontends/um_mount");
    umount_ = unchecked + Absolute("frontends/um_umount");
  }
  void TearDown() override { EXPECT_EQ(RunProgram({"rm", "-rf", directory_}).code, 0); }

  std::vector<std::string> Argv(const std::vector<std::string>& args) const {
    std::vector<std::string> argv = {Absolute("frontends/umview"),
                                     std::string("--engine=") + GetParam()};
    argv.insert(argv.end(), args.begin(), args.end());
    return argv;
  }
  ProgramResult Run(const std::vector<std::string>& args) const {
    return RunProgram(Argv(args), {.env = {}, .in = "", .directory = directory_});
  }
  ProgramResult Shell(const std::vector<std::string>& options, const std::string& script) const {
    std::vector<std::string> args = options;
    args.insert(args.end(), {"sh", "-c", script});
    return Run(args);
  }
  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(directory_ + "/" + name).rdbuf();
    return text.str();
  }

  std::string directory_;
  std::string mount_, umount_;  // the beginnings of shell commands
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_TESTING_UMVIEW_TEST_BASE_H_
