#include "sdk/syscall/describe.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "sdk/syscall/find_syscall.h"
#include "sdk/syscall/syscalls.h"

namespace umsdk {
namespace {

constexpr uint64_t kCwd = static_cast<uint32_t>(AT_FDCWD);  // as a compiler leaves an int

// A guest's memory: strings at addresses; everything else cannot be read.
GuestStringReader Memory(std::map<uint64_t, std::string> strings) {
  return [strings = std::move(strings)](uint64_t addr, size_t max) -> std::optional<std::string> {
    const auto found = strings.find(addr);
    if (found == strings.end()) return std::nullopt;
    return found->second.substr(0, max);
  };
}

std::string Describe(int64_t number, const RawArgs& args, const std::string& at_0x10 = "/a") {
  return DescribeSyscall(number, args, Memory({{0x10, at_0x10}, {0x20, "/b"}}));
}

TEST(DescribeTest, Open) {
  EXPECT_EQ(Describe(sys::Openat::kNumber, {kCwd, 0x10, O_CLOEXEC, 0xbad}, "/etc/motd"),
            R"(openat(AT_FDCWD, "/etc/motd", O_RDONLY|O_CLOEXEC))");
  EXPECT_EQ(Describe(sys::Open::kNumber, {0x10, O_WRONLY | O_CREAT | O_TRUNC, 0644}),
            R"(open("/a", O_WRONLY|O_CREAT|O_TRUNC, 0644))");
  EXPECT_EQ(Describe(sys::Open::kNumber, {0x10, O_RDWR | O_TMPFILE, 0600}),
            R"(open("/a", O_RDWR|O_TMPFILE, 0600))");
  EXPECT_EQ(Describe(sys::Open::kNumber, {0x10, O_DIRECTORY}),
            R"(open("/a", O_RDONLY|O_DIRECTORY))");
  EXPECT_EQ(Describe(sys::Open::kNumber, {0x10, O_SYNC | 0x40000000}),
            R"(open("/a", O_RDONLY|O_SYNC|0x40000000))");
  EXPECT_EQ(Describe(sys::Open::kNumber, {0x10, O_ACCMODE}), R"(open("/a", 0x3))");
}

TEST(DescribeTest, OtherFlags) {
  EXPECT_EQ(Describe(sys::Newfstatat::kNumber, {5, 0x10, 0x99, AT_SYMLINK_NOFOLLOW}),
            R"(newfstatat(5, "/a", 0x99, AT_SYMLINK_NOFOLLOW))");
  // 0x200 has one name an AT_ family.
  EXPECT_EQ(Describe(sys::Unlinkat::kNumber, {kCwd, 0x10, AT_REMOVEDIR}),
            R"(unlinkat(AT_FDCWD, "/a", AT_REMOVEDIR))");
  EXPECT_EQ(Describe(sys::Faccessat2::kNumber, {kCwd, 0x10, R_OK | X_OK, AT_EACCESS}),
            R"(faccessat2(AT_FDCWD, "/a", R_OK|X_OK, AT_EACCESS))");
  EXPECT_EQ(Describe(sys::Access::kNumber, {0x10, F_OK}), R"(access("/a", F_OK))");
  EXPECT_EQ(Describe(sys::Mmap::kNumber,
                     {0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0xffffffff, 0}),
            "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)");
  EXPECT_EQ(Describe(sys::Mprotect::kNumber, {0x1000, 1, PROT_NONE}),
            "mprotect(0x1000, 1, PROT_NONE)");
  EXPECT_EQ(Describe(sys::Socket::kNumber, {AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 6}),
            "socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, 6)");
  EXPECT_EQ(Describe(sys::Kill::kNumber, {0xffffffff, 15}), "kill(-1, SIGTERM)");
  EXPECT_EQ(Describe(sys::Kill::kNumber, {7, 0}), "kill(7, 0)");
  EXPECT_EQ(Describe(sys::Dup3::kNumber, {1, 2, O_CLOEXEC}), "dup3(1, 2, O_CLOEXEC)");
  EXPECT_EQ(Describe(sys::Fcntl::kNumber, {1, F_SETLK, 0x30}), "fcntl(1, F_SETLK, 0x30)");
  EXPECT_EQ(Describe(sys::Fcntl::kNumber, {1, 9999}), "fcntl(1, 9999, 0)");
  EXPECT_EQ(Describe(sys::Unshare::kNumber, {CLONE_NEWUSER | CLONE_NEWNS}),
            "unshare(CLONE_NEWNS|CLONE_NEWUSER)");
}

TEST(DescribeTest, SignsAndWidths) {
  EXPECT_EQ(Describe(sys::Lseek::kNumber, {3, static_cast<uint64_t>(-5), SEEK_END}),
            "lseek(3, -5, SEEK_END)");
  EXPECT_EQ(Describe(sys::Read::kNumber, {0xffffffff00000003, 0x99, UINT64_MAX}),
            "read(3, 0x99, 18446744073709551615)");
  EXPECT_EQ(Describe(sys::Chown::kNumber, {0x10, 0xffffffff, 3000000000}),
            R"(chown("/a", -1, 3000000000))");
  EXPECT_EQ(Describe(sys::Mknod::kNumber, {0x10, 020600, 0x103}),
            R"(mknod("/a", 020600, makedev(1, 3)))");
  EXPECT_EQ(Describe(sys::Statx::kNumber, {kCwd, 0x10, 0, 0xffffffff00000fff, 0x99}),
            R"(statx(AT_FDCWD, "/a", 0, 0xfff, 0x99))");
}

TEST(DescribeTest, Strings) {
  EXPECT_EQ(Describe(sys::Rename::kNumber, {0x10, 0x20}), R"(rename("/a", "/b"))");
  EXPECT_EQ(Describe(sys::Chdir::kNumber, {0}), "chdir(NULL)");
  EXPECT_EQ(Describe(sys::Chdir::kNumber, {0xdead}), "chdir(0xdead)");
  EXPECT_EQ(DescribeSyscall(sys::Chdir::kNumber, {0x10}, nullptr), "chdir(0x10)");
  EXPECT_EQ(Describe(sys::Chdir::kNumber, {0x10},
                     "a\n\t\"\\\x01"
                     "7\xc3\xa4\x7f"),
            R"(chdir("a\n\t\"\\\0017\303\244\177"))");
  EXPECT_EQ(Describe(sys::Chdir::kNumber, {0x10}, ""), R"(chdir(""))");
}

TEST(DescribeTest, LongStringsAreCut) {
  const std::string shown(kMaxDescribedString, 'x');
  EXPECT_EQ(Describe(sys::Chdir::kNumber, {0x10}, shown), "chdir(\"" + shown + "\")");
  EXPECT_EQ(Describe(sys::Chdir::kNumber, {0x10}, shown + "y"), "chdir(\"" + shown + "\"...)");
}

TEST(DescribeTest, UnknownCalls) {
  EXPECT_EQ(Describe(1000, {1, 2, 3, 4, 5, 0xff}), "syscall_1000(0x1, 0x2, 0x3, 0x4, 0x5, 0xff)");
  EXPECT_EQ(Describe(-1, {}), "syscall_-1(0x0, 0x0, 0x0, 0x0, 0x0, 0x0)");
  EXPECT_EQ(Describe(sys::Vserver::kNumber, {7}), "vserver(0x7, 0x0, 0x0, 0x0, 0x0, 0x0)");
  EXPECT_EQ(Describe(sys::Getpid::kNumber, {1, 2, 3}), "getpid()");
}

// Whatever the registers hold, every call reads as one line that starts with its name.
TEST(DescribeTest, EveryCallWithEveryKindOfRegister) {
  for (const SyscallInfo& info : AllSyscallInfos()) {
    for (const uint64_t raw : {uint64_t{0}, uint64_t{0x10}, UINT64_MAX, uint64_t{0x80000000}}) {
      RawArgs args;
      args.fill(raw);
      const std::string line = Describe(info.number, args);
      EXPECT_TRUE(line.starts_with(std::string(info.name) + "(")) << line;
      EXPECT_TRUE(line.ends_with(")")) << line;
      EXPECT_EQ(line.find("(,"), std::string::npos) << line;
    }
  }
}

TEST(FormatResultTest, ValuesAndErrors) {
  EXPECT_EQ(FormatResult(0), "= 0");
  EXPECT_EQ(FormatResult(3), "= 3");
  EXPECT_EQ(FormatResult(-2), "= -1 ENOENT (No such file or directory)");
  EXPECT_EQ(FormatResult(-512), "= -1 ERESTARTSYS (To be restarted if SA_RESTART is set)");
  EXPECT_EQ(FormatResult(-4000), "= -1 (errno 4000)");
  EXPECT_EQ(FormatResult(-4095), "= -1 (errno 4095)");
  EXPECT_EQ(FormatResult(-4096), "= 0xfffffffffffff000");
  EXPECT_EQ(FormatResult(0x7f0000001000), "= 0x7f0000001000");
  EXPECT_EQ(FormatResult(INT64_MIN), "= 0x8000000000000000");
}

}  // namespace
}  // namespace umsdk
