// Descriptors given to a guest and taken from it, and calls run in it.
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstring>
#include <set>
#include <string>
#include <thread>

#include "sdk/engine/ptrace/engine_test_util.h"

namespace umsdk {
namespace {

INSTANTIATE_ENGINE_MODES(PtraceEngineTest);

std::set<int> OpenFds() {
  std::set<int> fds;
  DIR* dir = ::opendir("/proc/self/fd");
  while (const dirent* entry = ::readdir(dir)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != ::dirfd(dir)) fds.insert(fd);
  }
  ::closedir(dir);
  return fds;
}

UniqueFd MemFile(const char* text) {
  UniqueFd fd(::memfd_create("test", MFD_CLOEXEC));
  EXPECT_EQ(::write(fd.get(), text, std::strlen(text)), static_cast<ssize_t>(std::strlen(text)));
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

// Installs `file` for Ask(close_on_exec, min_fd).
FunctionHandler::Function Installer(const UniqueFd& file) {
  return [&file](TrappedCall& call) {
    ErrnoOr<int> fd = call.InstallFd(file.get(), call.arg(0) != 0, static_cast<int>(call.arg(1)));
    return fd.ok() ? Verdict::Return(*fd) : Verdict::Fail(fd.error());
  };
}

GUEST(LowestNumber) {
  for (int fd = 3; fd < 10; ++fd) ::dup2(0, fd);
  ::close(4);
  ::close(8);
  std::set<int> before = OpenFds();
  char byte = 0;
  if (Ask(0) != 4 || ::fcntl(4, F_GETFD) != 0) return 1;
  if (::read(4, &byte, 1) != 1 || byte != 'a') return 2;
  if (Ask(1) != 8 || ::fcntl(8, F_GETFD) != FD_CLOEXEC) return 3;
  if (::read(8, &byte, 1) != 1 || byte != 'b') return 4;  // one open file description
  before.insert({4, 8});
  return OpenFds() == before ? 0 : 5;
}

TEST_P(PtraceEngineTest, InstallsAtTheLowestNumber) {
  UniqueFd file = MemFile("abc");
  EXPECT_EQ(Run("LowestNumber", Installer(file)), Exited(0));
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 2);
}

GUEST(MinimumNumber) {
  ::dup2(0, 52);
  std::set<int> before = OpenFds();
  if (Ask(0, 50) != 50 || Ask(0, 50) != 51 || Ask(1, 50) != 53) return 1;
  before.insert({50, 51, 53});
  return OpenFds() == before ? 0 : 2;
}

TEST_P(PtraceEngineTest, InstallsAtOrAboveAMinimum) {
  UniqueFd file = MemFile("");
  EXPECT_EQ(Run("MinimumNumber", Installer(file)), Exited(0));
}

GUEST(FullTable) {
  rlimit limit;
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = 20;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  int last = -1;
  long fd;
  while ((fd = Ask(0)) >= 0) last = static_cast<int>(fd);
  if (errno != EMFILE || last != 19) return 1;
  ::close(7);
  if (Ask(0) != 7 || Ask(0) != -1 || errno != EMFILE) return 2;
  rlimit after;
  ::getrlimit(RLIMIT_NOFILE, &after);
  return after.rlim_cur == 20 && after.rlim_max == limit.rlim_max ? 0 : 3;
}

TEST_P(PtraceEngineTest, TheGuestsOwnLimitHolds) {
  UniqueFd file = MemFile("");
  EXPECT_EQ(Run("FullTable", Installer(file)), Exited(0));
}

GUEST(KeepsLocks) {
  const int fd = static_cast<int>(Ask(0));
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  if (::fcntl(fd, F_SETLK, &lock) != 0) return 1;
  if (Ask(0) < 0) return 2;
  return Ask(2);  // the host asks who holds it
}

TEST_P(PtraceEngineTest, InstallingDoesNotDropThePosixLocksOfTheFile) {
  UniqueFd file = MemFile("x");
  auto handler = [&](TrappedCall& call) {
    if (call.arg(0) != 2) return Installer(file)(call);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    EXPECT_EQ(::fcntl(file.get(), F_GETLK, &lock), 0);
    return Verdict::Return(lock.l_pid == call.tid() ? 0 : 3);
  };
  EXPECT_EQ(Run("KeepsLocks", handler), Exited(0));
}

// A thread whose stack ends (downwards) where its stack pointer is: no room for anything below.
GUEST(NoRoomBelowTheStack) {
  char* stack = static_cast<char*>(
      ::mmap(nullptr, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ::munmap(stack, 32768);
  long result = kAsk;
  asm volatile(
      "mov %%rsp, %%rbx\n mov %1, %%rsp\n syscall\n mov %%rbx, %%rsp\n"
      : "+a"(result)
      : "r"(stack + 32768 + 64), "D"(0L), "S"(0L)
      : "rbx", "rcx", "r11", "memory");
  return result == 3 ? 0 : 1;
}

TEST_P(PtraceEngineTest, InstallsWithoutRoomOnTheStack) {
  UniqueFd file = MemFile("");
  EXPECT_EQ(Run("NoRoomBelowTheStack", Installer(file)), Exited(0));
}

GUEST(RedZoneIsKept) {
  char below[512];
  std::memset(below, 0x5a, sizeof(below));
  if (Ask(0) != 3) return 1;
  for (char byte : below) {
    if (byte != 0x5a) return 2;
  }
  return 0;
}

TEST_P(PtraceEngineTest, ContinueAfterAnInstallRunsTheCall) {
  UniqueFd file = MemFile("");
  auto handler = [&](TrappedCall& call) {
    EXPECT_TRUE(call.InstallFd(file.get(), false).ok());
    return Verdict::Continue();
  };
  EXPECT_EQ(Run("ContinueRuns", handler), Exited(0));
  EXPECT_EQ(Run("RedZoneIsKept", Installer(file)), Exited(0));
}

GUEST(ContinueRuns) {
  if (Ask() != ::getpgid(0) || ::fcntl(3, F_GETFD) != 0) return 1;
  if (Ask() != ::getpgid(0) || ::fcntl(4, F_GETFD) != 0) return 2;
  return ::fcntl(5, F_GETFD) == -1 ? 0 : 3;
}

GUEST(Gives) {
  const int fd = ::memfd_create("guest", 0);
  if (::write(fd, "12345", 5) != 5) return 1;
  if (Ask(fd) != 5 || ::lseek(fd, 0, SEEK_CUR) != 2) return 2;
  if (Ask(77) != -1 || errno != EBADF) return 3;
  int result = 4;
  std::thread([&result] {  // a table of its own
    ::unshare(CLONE_FILES);
    const int own = ::memfd_create("thread", 0);
    ::dup2(own, 60);
    if (::write(60, "123", 3) == 3 && Ask(60) == 3) result = 0;
  }).join();
  return result;
}

TEST_P(PtraceEngineTest, TakesDescriptorsOfTheThread) {
  auto handler = [](TrappedCall& call) {
    ErrnoOr<UniqueFd> fd = call.TakeFd(static_cast<int>(call.arg(0)));
    if (!fd.ok()) return Verdict::Fail(fd.error());
    const off_t offset = ::lseek(fd->get(), 0, SEEK_CUR);
    ::lseek(fd->get(), 2, SEEK_SET);
    return Verdict::Return(offset);
  };
  EXPECT_EQ(Run("Gives", handler), Exited(0));
}

GUEST(RunsCalls) {
  const int dir = ::open("/usr", O_RDONLY | O_DIRECTORY);
  if (Ask(dir) != 1234 || ::fcntl(dir, F_GETFD) != -1) return 1;
  char cwd[64];
  return ::getcwd(cwd, sizeof(cwd)) != nullptr && std::strcmp(cwd, "/usr") == 0 ? 0 : 2;
}

TEST_P(PtraceEngineTest, RunsCallsAsTheGuest) {
  auto handler = [](TrappedCall& call) {
    TrappedCall::GuestCall calls[3] = {{SYS_fchdir, {call.arg(0)}}, {SYS_close, {call.arg(0)}},
                                       {SYS_close, {call.arg(0)}}};
    EXPECT_TRUE(call.RunAsGuest(calls).ok());
    EXPECT_EQ(calls[0].result, 0);
    EXPECT_EQ(calls[1].result, 0);
    EXPECT_EQ(calls[2].result, -EBADF);
    return Verdict::Return(1234);
  };
  // The injected calls are in the trap set themselves.
  EXPECT_EQ(Run("RunsCalls", handler, Traps({{SYS_fchdir}})), Exited(0));
}

TEST_P(PtraceEngineTest, LeavesNoDescriptorInTheHost) {
  const std::set<int> before = OpenFds();
  UniqueFd file = MemFile("abc");
  EXPECT_EQ(Run("LowestNumber", Installer(file)), Exited(0));
  file.Reset();
  EXPECT_EQ(OpenFds(), before);
}

}  // namespace
}  // namespace umsdk
