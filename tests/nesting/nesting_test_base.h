// NestingTest: services on services, with the test itself as the guest.
#ifndef TESTS_NESTING_NESTING_TEST_BASE_H_
#define TESTS_NESTING_NESTING_TEST_BASE_H_

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sdk/testing/ram_service.h"
#include "sdk/testing/scripted_engine.h"
#include "services/umdev/umdev_service.h"
#include "tests/nesting/loop_service.h"
#include "umsdk/umsdk.h"

namespace umsdk {

using testing::ScriptedEngine;
using testing::ScriptedGuest;

// What a guest does with paths in the test's directory.
class Files {
 public:
  Files(ScriptedGuest& guest, std::string dir) : guest_(guest), dir_(std::move(dir)) {}
  std::string At(const std::string& name) const { return dir_ + "/" + name; }
  int Mount(const std::string& type, const std::string& source, const std::string& name,
            const char* options = "") {
    return Call(SYS_mount, source.c_str(), At(name).c_str(), type.c_str(), 0, options);
  }
  int Unmount(const std::string& name) { return Call(SYS_umount2, At(name).c_str(), 0); }
  int MakeDir(const std::string& name) { return Call(SYS_mkdir, At(name).c_str(), 0755); }
  int Open(const std::string& name, int flags) {
    return Call(SYS_openat, AT_FDCWD, At(name).c_str(), flags, 0644);
  }
  void Close(int fd) { Call(SYS_close, fd); }
  void Write(const std::string& name, const std::string& text, int flags = O_WRONLY | O_CREAT) {
    int fd = Open(name, flags);
    ASSERT_GE(fd, 0) << name;
    EXPECT_EQ(Call(SYS_write, fd, text.data(), text.size()), static_cast<int>(text.size()));
    Close(fd);
  }
  std::string Read(const std::string& name, size_t size) {
    int fd = Open(name, O_RDONLY);
    if (fd < 0) return std::string("errno ") + std::strerror(-fd);
    std::string text(size, '\0');
    int count = Call(SYS_read, fd, text.data(), size);
    Close(fd);
    return count < 0 ? std::string("errno ") + std::strerror(-count)
                     : text.substr(0, static_cast<size_t>(count));
  }
  template <typename... Args>
  int Call(int64_t number, Args... args) {
    return static_cast<int>(guest_.Syscall(number, args...));
  }

 private:
  ScriptedGuest& guest_;
  const std::string dir_;
};

class NestingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/nesting.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  void Run(const std::function<void(Files&)>& script, bool nesting = true) {
    Supervisor::Builder builder;
    std::move(builder)
        .AddService(std::make_unique<LoopService>())
        .AddService(std::make_unique<RamService>())
        .AddService(CreateUmdevService(""))
        .WithEngine(std::make_unique<ScriptedEngine>([&](ScriptedGuest& guest) {
          Files files(guest, dir_);
          script(files);
          return 0;
        }));
    if (!nesting) std::move(builder).WithoutNesting();
    auto supervisor = std::move(builder).Build();
    ASSERT_TRUE(supervisor.ok()) << supervisor.status();
    ASSERT_TRUE(supervisor->Run(Command("script")).ok());
  }
  std::string RealFile(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(dir_ + "/" + name).rdbuf();
    return text.str();
  }
  std::string dir_;
};

}  // namespace umsdk

#endif  // TESTS_NESTING_NESTING_TEST_BASE_H_
