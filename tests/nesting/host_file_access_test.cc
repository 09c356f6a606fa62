// What a service's own accesses answer, seen from the service.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/nesting/nesting_test_base.h"

namespace umsdk {
namespace {

using HostFileAccessTest = NestingTest;

// Hands what it was given at a mount to the test; mounts nothing.
class AskingService final : public Service {
 public:
  using Ask = std::function<void(HostFiles&, const Caller&)>;
  explicit AskingService(Ask ask) : ask_(std::move(ask)) {}
  std::string_view name() const override { return "asking"; }
  Claims claims() const override { return Claim::FsType("umask"); }
  ErrnoOr<Mounted> OnMount(SyscallContext& ctx, const MountRequest&) override {
    ask_(*ctx.files(), ctx.caller());
    return Errno(ENXIO);
  }

 private:
  const Ask ask_;
};

void AskIn(const std::string& dir, const AskingService::Ask& ask) {
  auto supervisor = Supervisor::Builder()
                        .AddService(std::make_unique<AskingService>(ask))
                        .AddService(std::make_unique<RamService>())
                        .WithEngine(std::make_unique<ScriptedEngine>([&](ScriptedGuest& guest) {
                          Files files(guest, dir);
                          EXPECT_EQ(files.MakeDir("ram"), 0);
                          EXPECT_EQ(files.Mount("umramfs", "none", "ram"), 0);
                          files.Write("ram/file", "12345");
                          EXPECT_EQ(files.Mount("umask", "none", "ram"), -ENXIO);
                          return 0;
                        }))
                        .Build();
  ASSERT_TRUE(supervisor.ok());
  ASSERT_TRUE(supervisor->Run(Command("script")).ok());
}

TEST_F(HostFileAccessTest, AnAccessIsLimitedToWhatTheOpenAskedFor) {
  std::ofstream(dir_ + "/file") << "12345";
  AskIn(dir_, [&](HostFiles& files, const Caller& caller) {
    for (const std::string& path : {dir_ + "/file", dir_ + "/ram/file"}) {
      auto reader = files.Open(caller, path, O_RDONLY);
      ASSERT_TRUE(reader.ok());
      EXPECT_EQ((*reader)->Write(0, std::string("x")).error(), Errno(EBADF));
      EXPECT_EQ((*reader)->Size().value(), 5u);
      auto writer = files.Open(caller, path, O_WRONLY);
      ASSERT_TRUE(writer.ok());
      std::string buffer(9, '\0');
      EXPECT_EQ((*writer)->Read(0, buffer).error(), Errno(EBADF));
      EXPECT_TRUE((*writer)->Truncate(3).ok());
      EXPECT_EQ((*reader)->Read(1, buffer).value(), 2u);
      EXPECT_EQ(buffer.substr(0, 2), "23");
      EXPECT_TRUE((*writer)->Sync().ok());
      IoctlArgument<uint64_t> size;
      EXPECT_EQ((*reader)->Ioctl(BLKGETSIZE64, size.address(), size).error(), Errno(ENOTTY));
      EXPECT_EQ(files.Stat(caller, path)->size, 3u);
    }
  });
}

TEST_F(HostFileAccessTest, FilesAreMadeAndTruncatedAsOpenDoes) {
  AskIn(dir_, [&](HostFiles& files, const Caller& caller) {
    for (const std::string& path : {dir_ + "/new", dir_ + "/ram/new"}) {
      EXPECT_EQ(files.Open(caller, path, O_RDWR).error(), Errno(ENOENT));
      auto made = files.Open(caller, path, O_RDWR | O_CREAT | O_EXCL, 0640);
      ASSERT_TRUE(made.ok());
      EXPECT_EQ((*made)->Write(0, std::string("abc")).value(), 3u);
      EXPECT_EQ(files.Open(caller, path, O_RDWR | O_CREAT | O_EXCL).error(), Errno(EEXIST));
      EXPECT_EQ(files.Stat(caller, path)->mode & 07777, 0640u & ~caller.umask);
      ASSERT_TRUE(files.Open(caller, path, O_WRONLY | O_TRUNC).ok());
      EXPECT_EQ((*made)->Size().value(), 0u);
    }
  });
}

TEST_F(HostFileAccessTest, OpensAreAsTheCallers) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can act as another";
  ASSERT_EQ(::chmod(dir_.c_str(), 0755), 0);
  std::ofstream(dir_ + "/secret") << "x";
  ASSERT_EQ(::chmod((dir_ + "/secret").c_str(), 0600), 0);
  AskIn(dir_, [&](HostFiles& files, const Caller& caller) {
    auto mine = files.Open(caller, dir_ + "/ram/mine", O_RDWR | O_CREAT, 0600);
    ASSERT_TRUE(mine.ok());
    Caller other = caller;
    other.uid = other.gid = 65534;
    other.groups.clear();
    EXPECT_EQ(files.Open(other, dir_ + "/secret", O_RDONLY).error(), Errno(EACCES));
    EXPECT_EQ(files.Open(other, dir_ + "/ram/mine", O_RDONLY).error(), Errno(EACCES));
    EXPECT_EQ(files.Open(other, dir_ + "/ram/new", O_RDWR | O_CREAT, 0600).error(), Errno(EACCES));
    other.tid = 0;
    EXPECT_EQ(files.Open(other, dir_ + "/secret", O_RDONLY).error(), Errno(EACCES));
    EXPECT_TRUE(files.Open(caller, dir_ + "/secret", O_RDONLY).ok());
  });
}

}  // namespace
}  // namespace umsdk
