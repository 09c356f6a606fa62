// How calls are stopped, answered and refused, and the memory behind their arguments.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <cstring>
#include <string>

#include "sdk/engine/ptrace/engine_test_util.h"

namespace umsdk {
namespace {

INSTANTIATE_ENGINE_MODES(PtraceEngineTest);

GUEST(Exit7) { return 7; }

TEST_P(PtraceEngineTest, ExitCode) {
  EXPECT_EQ(Run("Exit7", [](TrappedCall&) { return Verdict::Continue(); }), Exited(7));
}

GUEST(KillSelf) { return ::kill(::getpid(), SIGKILL); }

TEST_P(PtraceEngineTest, DeathBySignal) {
  EXPECT_EQ(Run("KillSelf", [](TrappedCall&) { return Verdict::Continue(); }), SIGKILL);
}

TEST_P(PtraceEngineTest, CommandThatCannotBeExecuted) {
  FunctionHandler handler([](TrappedCall&) { return Verdict::Continue(); });
  LaunchSpec spec = Self("Exit7");
  spec.candidates = {"/nonexistent/a", "/nonexistent/b"};
  auto tree = PtraceEngine(GetParam()).Launch(spec, Traps(), handler);
  ASSERT_TRUE(tree.ok()) << tree.status();
  GuestEvent event = (*tree)->WaitEvent();
  EXPECT_EQ(event.kind, GuestEvent::Kind::kExited);
  EXPECT_EQ(event.exec_errno, ENOENT);
  EXPECT_EQ(event.wait_status, Exited(127));
}

TEST_P(PtraceEngineTest, LaunchFailsWithoutItsDirectory) {
  FunctionHandler handler([](TrappedCall&) { return Verdict::Continue(); });
  LaunchSpec spec = Self("Exit7");
  spec.cwd = "/nonexistent";
  auto tree = PtraceEngine(GetParam()).Launch(spec, Traps(), handler);
  EXPECT_EQ(tree.status().code(), absl::StatusCode::kNotFound) << tree.status();
}

TEST_P(PtraceEngineTest, TheFirstExecIsHandledAndCanBeRefused) {
  std::string path(14, ' ');
  FunctionHandler handler([&](TrappedCall& call) {
    call.ReadMemory(call.arg(0), path.data(), path.size());
    return Verdict::Fail(Errno(ETXTBSY));
  });
  auto tree = Launch("Exit7", handler, Traps({{SYS_execve}}));
  GuestEvent event = tree->WaitEvent();
  EXPECT_EQ(path, "/proc/self/exe");
  EXPECT_EQ(event.exec_errno, ETXTBSY);
}

GUEST(ResultsArrive) {
  for (long value : {0L, 42L, -1L, 1L << 40, -4095L}) {
    errno = 0;
    const long result = Ask(value);
    if (value < 0 ? (result != -1 || errno != -value) : result != value) return 1;
  }
  return 0;
}

TEST_P(PtraceEngineTest, ResultsArrive) {
  EXPECT_EQ(Run("ResultsArrive",
                [](TrappedCall& call) { return Verdict::Return(call.arg(0)); }),
            Exited(0));
}

GUEST(ContinueRunsTheCall) { return Ask() == ::getpgid(0) && Ask() > 0 ? 0 : 1; }

TEST_P(PtraceEngineTest, ContinueRunsTheCall) {
  std::atomic<int> calls = 0;
  EXPECT_EQ(Run("ContinueRunsTheCall",
                [&](TrappedCall&) { return ++calls, Verdict::Continue(); }),
            Exited(0));
  EXPECT_EQ(calls, 2);
}

GUEST(Memory) {
  char* pages = static_cast<char*>(
      ::mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ::munmap(pages + 4096, 4096);
  std::strcpy(pages + 4090, "12345");
  static const char literal[] = "constant";
  const char* text = literal;
  asm volatile("" : "+r"(text));  // read it again after the call
  if (Ask(reinterpret_cast<long>(pages + 4090), reinterpret_cast<long>(text)) != 0) return 1;
  if (std::strcmp(pages + 4090, "abcde") != 0) return 2;
  return std::strcmp(text, "Constant") == 0 ? 0 : 3;
}

TEST_P(PtraceEngineTest, MemoryStopsAtTheFirstInaccessibleByte) {
  auto handler = [](TrappedCall& call) {
    char bytes[64] = {};
    EXPECT_EQ(call.ReadMemory(call.arg(0), bytes, sizeof(bytes)), 6u);
    EXPECT_STREQ(bytes, "12345");
    EXPECT_EQ(call.WriteMemory(call.arg(0), "abcde\0xyz", 9), 6u);
    EXPECT_EQ(call.ReadMemory(0, bytes, 1), 0u);
    EXPECT_EQ(call.ReadMemory(~0ull - 8, bytes, 64), 0u);
    EXPECT_EQ(call.WriteMemory(call.arg(1), "C", 1), 0u) << "the guest itself may not either";
    EXPECT_TRUE(call.PokeMemory(call.arg(1), "C", 1));
    EXPECT_FALSE(call.PokeMemory(8, "C", 1));
    return Verdict::Return(0);
  };
  EXPECT_EQ(Run("Memory", handler), Exited(0));
}

GUEST(Refused) {
  auto refused = [](long number) { return ::syscall(number, 0, 0, 0) == -1 && errno == ENOSYS; };
  if (!refused(SYS_sched_yield)) return 1;
  if (!refused(460) || !refused(1000) || !refused(0x7fffffff)) return 2;
  if (!refused(0x40000000 | SYS_getpid)) return 3;
  if (!refused(-1)) return 4;
  long result = 20;  // getpid of i386
  asm volatile("int $0x80" : "+a"(result) : : "memory");
  return result == -ENOSYS ? 0 : 5;
}

TEST_P(PtraceEngineTest, RefusedAndForeignCallsAreENOSYSWithoutTheHandler) {
  TrapSet traps = Traps();
  traps.refused = {SYS_sched_yield};
  traps.first_unknown = 460;
  int calls = 0;
  EXPECT_EQ(Run("Refused", [&](TrappedCall&) { return ++calls, Verdict::Continue(); }, traps),
            Exited(0));
  EXPECT_EQ(calls, 0);
}

GUEST(Conditions) {
  ::syscall(SYS_lseek, -1, 0, SEEK_SET);
  ::syscall(SYS_lseek, -1, 0, SEEK_DATA);
  ::syscall(SYS_umask, 0x11);
  ::syscall(SYS_umask, 0x22);
  return 0;
}

TEST_P(PtraceEngineTest, RulesWithConditions) {
  using When = TrapRule::When;
  std::vector<std::pair<long, long>> seen;
  Run("Conditions",
      [&](TrappedCall& call) {
        seen.emplace_back(call.number(), call.arg(call.number() == SYS_lseek ? 2 : 0));
        return Verdict::Continue();
      },
      Traps({{SYS_lseek, When::kAtLeast, 2, 3}, {SYS_umask, When::kAnyBitOf, 0, 0x10}}));
  EXPECT_EQ(seen, (std::vector<std::pair<long, long>>{{SYS_lseek, SEEK_DATA}, {SYS_umask, 0x11}}));
}

// In a child, for a filter cannot be taken off again: kAsk is EPERM by a filter that is there first.
TEST_P(PtraceEngineTest, AFilterThatIsThereAlreadyDoesNotComeFirst) {
  const pid_t child = ::fork();
  if (child == 0) {
    sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kAsk, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog filter = {4, code};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(90);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) ::_exit(91);
    const int status = Run("ResultsArrive",
                           [](TrappedCall& call) { return Verdict::Return(call.arg(0)); });
    ::_exit(status == Exited(0) ? 0 : 92);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, Exited(0));
}

}  // namespace
}  // namespace umsdk
