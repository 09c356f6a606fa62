#include "frontends/modules/load_service.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <climits>
#include <map>

namespace umsdk::frontends {
namespace {

constexpr char kModules[] = "frontends/modules/testdata/";

class Fake final : public Service {
 public:
  explicit Fake(const std::string& name) : name_("builtin:" + name) {}
  std::string_view name() const override { return name_; }
  Claims claims() const override { return Claim::Path("/fake"); }

 private:
  std::string name_;
};

constexpr BuiltinService kBuiltins[] = {
    {"umdev",
     [](const std::string& arguments) -> absl::StatusOr<std::unique_ptr<Service>> {
       return std::make_unique<Fake>(arguments);
     }},
    {"broken",
     [](const std::string&) -> absl::StatusOr<std::unique_ptr<Service>> {
       return absl::InvalidArgumentError("unknown option 'x'");
     }},
};

// The service's name, or the error.
std::string Load(const std::string& name, const std::string& arguments = "",
                 std::vector<std::string> directories = {}) {
  auto service = LoadService(name, arguments, {kBuiltins, std::move(directories)});
  if (!service.ok()) return std::string(service.status().message());
  return std::string((*service)->name());
}

TEST(LoadServiceTest, BuiltinsByBothNames) {
  EXPECT_EQ(Load("umdev", "a,b"), "builtin:a,b");
  EXPECT_EQ(Load("umdev.so"), "builtin:");
  EXPECT_EQ(Load("broken"), "unknown option 'x'");
}

TEST(LoadServiceTest, APathIsAPath) {
  EXPECT_EQ(Load(std::string(kModules) + "good.so", "x=1"), "module:x=1");
  EXPECT_EQ(Load("./umdev"), "no file ./umdev");
}

TEST(LoadServiceTest, ANameIsLookedForInTheDirectories) {
  EXPECT_EQ(Load("good", "1", {"/nonexistent", kModules}), "module:1");
  EXPECT_EQ(Load("good.so", "2", {kModules}), "module:2");
}

TEST(LoadServiceTest, TheLoadersPathIsSearchedToo) {
  // The loader reads LD_LIBRARY_PATH when a program starts, so this needs a second start.
  const char* path = ::getenv("LD_LIBRARY_PATH");
  if (path == nullptr || std::string(path) != kModules) {
    ASSERT_EQ(::setenv("LD_LIBRARY_PATH", kModules, 1), 0);
    char self[PATH_MAX];
    ASSERT_NE(::realpath("/proc/self/exe", self), nullptr);
    std::string filter = "--gtest_filter=LoadServiceTest.TheLoadersPathIsSearchedToo";
    EXPECT_EQ(std::system((std::string(self) + " " + filter + " --gtest_output= >&2").c_str()), 0);
    return;
  }
  EXPECT_EQ(Load("good", "3"), "module:3");
}

TEST(LoadServiceTest, SaysWhereItLooked) {
  EXPECT_EQ(
      Load("nosuch", "", {"/one", "/two"}),
      "no such service: not built in (umdev, broken), and no nosuch.so where the loader looks "
      "nor in /one, /two");
}

TEST(LoadServiceTest, TheAbiIsCheckedBeforeAnythingElse) {
  std::string path = std::string(kModules) + "old_abi.so";
  EXPECT_EQ(Load(path), path +
                            " was built for plug-in ABI 2, this is ABI 1: build it again with "
                            "these headers");
}

TEST(LoadServiceTest, RefusesWhatIsNoModule) {
  std::string path = std::string(kModules) + "no_symbol.so";
  EXPECT_EQ(Load(path), path + " is not a service module: it has no symbol umsdk_plugin");
  EXPECT_EQ(Load("/etc/passwd"), "cannot load /etc/passwd: invalid ELF header");
}

TEST(LoadServiceTest, AModuleThatFailsIsNotPassedOver) {
  EXPECT_EQ(Load("good", "fail", {kModules, kModules}), "I was told to fail");
  EXPECT_EQ(Load("good", "null", {kModules}),
            std::string(kModules) + "/good.so created no service");
}

TEST(ServiceDirectoriesTest, HomeThenPrefix) {
  std::map<std::string, std::string> environment = {{"HOME", "/home/me"}};
  auto get_env = [&](const char* name) -> const char* {
    return environment.count(name) ? environment[name].c_str() : nullptr;
  };
  EXPECT_EQ(ServiceDirectories(get_env, "/opt/um/bin/umview"),
            (std::vector<std::string>{"/home/me/.local/share/umview/services",
                                      "/opt/um/lib/umview/services"}));
  environment["XDG_DATA_HOME"] = "/data";
  EXPECT_EQ(ServiceDirectories(get_env, ""), (std::vector<std::string>{"/data/umview/services"}));
}

}  // namespace
}  // namespace umsdk::frontends
