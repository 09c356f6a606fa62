#include "frontends/options/load_options.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <map>

namespace umsdk::frontends {
namespace {

class LoadOptionsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/options.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    environment_["XDG_CONFIG_HOME"] = directory_;
    ASSERT_EQ(std::system(("mkdir " + directory_ + "/umview").c_str()), 0);
  }
  void TearDown() override { EXPECT_EQ(std::system(("rm -r " + directory_).c_str()), 0); }

  std::string WriteFile(const std::string& name, const std::string& text) {
    std::string path = directory_ + "/" + name;
    FILE* file = std::fopen(path.c_str(), "w");
    std::fputs(text.c_str(), file);
    std::fclose(file);
    return path;
  }
  absl::StatusOr<Options> Load(const std::vector<std::string>& args) {
    auto get_env = [this](const char* name) -> const char* {
      auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
    return LoadOptions(args, get_env, directory_ + "/system");
  }
  std::string Error(const std::vector<std::string>& args) {
    return std::string(Load(args).status().message());
  }

  std::string directory_;
  std::map<std::string, std::string> environment_;
};

TEST_F(LoadOptionsTest, TheCommandKeepsItsOwnFlags) {
  auto options = Load({"-q", "-p", "umdev,a=1,b", "--", "ls", "-q"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->quiet);
  EXPECT_EQ(options->command, (std::vector<std::string>{"ls", "-q"}));
  ASSERT_EQ(options->preloads.size(), 1u);
  EXPECT_EQ(options->preloads[0].name, "umdev");
  EXPECT_EQ(options->preloads[0].arguments, "a=1,b");
}

TEST_F(LoadOptionsTest, PreloadsKeepTheOrderOfTheirSources) {
  WriteFile("system", "-p one\n");
  WriteFile("umview/rc", "# mine\n\n  -p two,x=a b  \n");
  environment_["UMVIEW_PRELOAD"] = "three  four\\ 4";
  auto options = Load({"-p", "five", "true"});
  ASSERT_TRUE(options.ok()) << options.status();
  std::string names;
  for (const Preload& preload : options->preloads)
    names += preload.name + "|" + preload.arguments + ";";
  EXPECT_EQ(names, "one|;two|x=a b;three|;four 4|;five|;");
  EXPECT_EQ(options->preloads[0].source, Source::kRcFile);
  EXPECT_EQ(options->preloads[2].source, Source::kEnvironment);
  EXPECT_EQ(options->preloads[4].source, Source::kCommandLine);
}

TEST_F(LoadOptionsTest, LaterSourcesWin) {
  WriteFile("system", "--engine=notify\n-V system\n");
  WriteFile("umview/rc", "--engine ptrace\n");
  environment_["UMVIEW_ENGINE"] = "notify";
  EXPECT_EQ(Load({"true"})->engine, EngineKind::kNotify);
  EXPECT_EQ(Load({"true"})->view_name, "system");
  EXPECT_EQ(Load({"--engine=auto", "true"})->engine, EngineKind::kAuto);
}

TEST_F(LoadOptionsTest, AnRcFileOfOnesOwnReplacesTheUsers) {
  WriteFile("umview/rc", "-V user\n");
  std::string mine = WriteFile("mine", "--seal\n");
  auto options = Load({"-f", mine, "true"});
  ASSERT_TRUE(options.ok());
  EXPECT_TRUE(options->seal);
  EXPECT_EQ(options->view_name, "");
  EXPECT_EQ(Load({"--norc", "true"})->view_name, "");
  EXPECT_EQ(Error({"-f", directory_ + "/none", "true"}), "no rc file " + directory_ + "/none");
}

TEST_F(LoadOptionsTest, RcErrorsNameFileAndLine) {
  std::string path = WriteFile("umview/rc", "-q\n--bogus\n");
  EXPECT_EQ(Error({"true"}), path + ":2: unknown option --bogus");
  WriteFile("umview/rc", "umdev\n");
  EXPECT_EQ(Error({"true"}), path + ":1: 'umdev' is no flag (one flag a line)");
  WriteFile("umview/rc", "-q umdev\n");
  EXPECT_EQ(Error({"true"}), path + ":1: 'umdev' is no flag (one flag a line)");
  WriteFile("umview/rc", "\n--help\n");
  EXPECT_EQ(Error({"true"}), path + ":2: -h cannot stand in an rc file");
  WriteFile("umview/rc", "--engine=fast\n");
  EXPECT_EQ(Error({"true"}), path + ":1: --engine wants auto, notify or ptrace, not 'fast'");
}

TEST_F(LoadOptionsTest, AnUnreadableRcFileIsAnError) {
  ASSERT_EQ(std::system(("mkdir " + directory_ + "/umview/rc").c_str()), 0);
  EXPECT_EQ(Error({"true"}), "cannot read " + directory_ + "/umview/rc: Is a directory");
}

TEST_F(LoadOptionsTest, SwitchesOfTheEnvironment) {
  environment_["UMVIEW_SEAL"] = "1";
  environment_["UMVIEW_LINGER"] = "no";
  environment_["UMVIEW_NO_SUBVIEW"] = "yes";
  auto options = Load({"true"});
  ASSERT_TRUE(options.ok());
  EXPECT_TRUE(options->seal);
  EXPECT_FALSE(options->linger);
  EXPECT_FALSE(options->subview);
  environment_["UMVIEW_SEAL"] = "maybe";
  EXPECT_EQ(Error({"true"}), "UMVIEW_SEAL wants 1 or 0, not 'maybe'");
}

TEST_F(LoadOptionsTest, TheOldFlagsChooseThePtraceEngine) {
  EXPECT_EQ(Load({"-n", "true"})->engine, EngineKind::kPtrace);
  EXPECT_FALSE(Load({"-n", "true"})->ptrace.seccomp);
  EXPECT_FALSE(Load({"-n", "true"})->ptrace.vectored_memory);
  EXPECT_TRUE(Load({"--nokmulti", "true"})->ptrace.seccomp);
  EXPECT_FALSE(Load({"--nokmulti", "true"})->ptrace.vectored_memory);
  EXPECT_FALSE(Load({"--nokvm", "true"})->ptrace.seccomp);
  EXPECT_TRUE(Load({"--engine=ptrace", "true"})->ptrace.seccomp);
  EXPECT_EQ(Error({"--engine=notify", "--nokvm", "true"}),
            "--nokvm chooses the ptrace engine and cannot go with --engine=notify");
}

TEST_F(LoadOptionsTest, RefusesWhatCannotWork) {
  EXPECT_EQ(Error({}), "no command to run");
  EXPECT_EQ(Error({"-q", "--"}), "no command to run");
  EXPECT_EQ(Error({"--trace=all", "true"}), "--trace needs -o FILE");
  EXPECT_EQ(Error({"-o", "f", "--trace=some", "true"}), "--trace wants all or handled, not 'some'");
  EXPECT_EQ(Error({"--status-fd=x", "true"}),
            "--status-fd wants the number of an open descriptor, not 'x'");
  EXPECT_EQ(Error({"-p", ",x", "true"}), "-p wants a service's name, not ',x'");
  EXPECT_EQ(Error({"-V", "a\nb", "true"}),
            "-V wants a name without control characters, not 'a\nb'");
}

TEST_F(LoadOptionsTest, TellsWhatAsksForAViewOfItsOwn) {
  WriteFile("system", "-p umdev\n");
  EXPECT_EQ(Load({"-q", "-V", "x", "true"})->own_view_flag, "");
  EXPECT_EQ(Load({"-q", "--seal", "-p", "x", "true"})->own_view_flag, "--seal");
}

TEST_F(LoadOptionsTest, HelpNeedsNoCommandAndNoRcFile) {
  WriteFile("system", "--bogus\n");
  EXPECT_TRUE(Load({"--help"})->help);
  EXPECT_TRUE(Load({"-v"})->version);
}

TEST(UserRcFileTest, FollowsTheBaseDirectorySpecification) {
  std::map<std::string, std::string> environment = {{"HOME", "/home/me"}};
  auto get_env = [&](const char* name) {
    return environment.count(name) ? environment[name].c_str() : nullptr;
  };
  EXPECT_EQ(UserRcFile(get_env), "/home/me/.config/umview/rc");
  environment["XDG_CONFIG_HOME"] = "relative";  // to be ignored, says the specification
  EXPECT_EQ(UserRcFile(get_env), "/home/me/.config/umview/rc");
  environment.clear();
  EXPECT_EQ(UserRcFile(get_env), "");
}

}  // namespace
}  // namespace umsdk::frontends
