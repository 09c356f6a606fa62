// Loads sensor.so as umview does, and reads the sensor from a view: its text and its ioctl.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "gtest/gtest.h"
#include "umsdk/plugin.h"
#include "umsdk/umsdk.h"

namespace {

// Where Bazel put a file of this directory.
std::string Path(const std::string& name) {
  const char* root = getenv("TEST_SRCDIR");
  return (root != nullptr ? std::string(root) + "/umsdk/" : "") + "examples/plugin/" + name;
}

// What a command prints in the view; its exit code goes to `code`.
std::string OutputOf(umsdk::Supervisor& supervisor, umsdk::Command command, int& code) {
  int out[2];
  if (pipe2(out, O_CLOEXEC) != 0) return "no pipe";
  absl::StatusOr<umsdk::ExitStatus> exit =
      supervisor.Run(std::move(command).Stdio(STDIN_FILENO, out[1], STDERR_FILENO));
  close(out[1]);
  EXPECT_TRUE(exit.ok()) << exit.status();
  code = exit.ok() ? exit->code : -1;
  std::string text(4096, '\0');
  ssize_t count = read(out[0], text.data(), text.size());
  close(out[0]);
  text.resize(count < 0 ? 0 : count);
  return text;
}

TEST(SensorPluginTest, GuestsReadIt) {
  void* module = dlopen(Path("sensor.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(module, nullptr) << dlerror();
  auto* info = static_cast<const umsdk_plugin_info*>(dlsym(module, "umsdk_plugin"));
  ASSERT_NE(info, nullptr) << dlerror();
  ASSERT_EQ(info->abi, UMSDK_PLUGIN_ABI);
  {
    absl::StatusOr<umsdk::Supervisor> supervisor =
        umsdk::Supervisor::Builder().AddService(info->create("")).Build();
    ASSERT_TRUE(supervisor.ok()) << supervisor.status();
    const std::string node = "/tmp/umsdk-sensor";  // exists in the view only
    absl::Status mounted = supervisor->Mount("none", node, "sensor", 0, "");
    ASSERT_TRUE(mounted.ok()) << mounted;
    int code = -1;
    EXPECT_EQ(OutputOf(*supervisor, umsdk::Command("/bin/cat").Arg(node), code), "21.5\n");
    EXPECT_EQ(code, 0);
    EXPECT_EQ(OutputOf(*supervisor, umsdk::Command(Path("read_sensor")).Arg(node), code),
              "21500\n");
    EXPECT_EQ(code, 0);
    EXPECT_NE(access(node.c_str(), F_OK), 0) << "the host sees it";
  }
  EXPECT_EQ(dlclose(module), 0);
}

}  // namespace
