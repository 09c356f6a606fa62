#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "frontends/doctor/explain.h"
#include "frontends/doctor/probes.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

namespace umsdk::frontends {
namespace {

constexpr char kReachRemedy[] =
    "a supervisor must be allowed to look into its guests: kernel.yama.ptrace_scope at most 1, and no "
    "filter that refuses the call";

int OpenPidfd(pid_t pid, unsigned flags = 0) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, flags));
}

// ---- memory ----

// A word at the same address in this process and in its helper, with different contents.
class SharedAddress {
 public:
  static constexpr long kThere = 2, kWritten = 3;
  SharedAddress() : helper_([this] { return Body(); }) { ready_.Receive(0); }
  pid_t pid() const { return helper_.pid(); }
  iovec here() { return {&copy_, sizeof(copy_)}; }
  iovec there() { return {const_cast<long*>(&word_), sizeof(word_)}; }
  long copy() const { return copy_; }
  void set_copy(long value) { copy_ = value; }
  // Whether the helper finds kWritten.
  bool HelperHasNow() { return ready_.Send(0) && helper_.Succeeds(); }

 private:
  int Body() {
    word_ = kThere;
    ready_.Send(1);
    ready_.Receive(1);
    return word_ == kWritten ? 0 : 1;
  }
  Channel ready_;
  volatile long word_ = 1;
  long copy_ = 0;
  Helper helper_;  // last: it starts with all of the above in place
};

Finding AskRead(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    SharedAddress shared;
    iovec here = shared.here(), there = shared.there();
    if (::process_vm_readv(shared.pid(), &here, 1, &there, 1, 0) < 0) {
      return Failed("process_vm_readv");
    }
    errno = EIO;
    return shared.copy() == SharedAddress::kThere ? TrialResult() : Failed("process_vm_readv read something else");
  });
  return Explain(host, result, "the memory of a child was read", kReachRemedy);
}

Finding AskWrite(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    SharedAddress shared;
    shared.set_copy(SharedAddress::kWritten);
    iovec here = shared.here(), there = shared.there();
    if (::process_vm_writev(shared.pid(), &here, 1, &there, 1, 0) < 0) {
      return Failed("process_vm_writev");
    }
    errno = EIO;
    return shared.HelperHasNow() ? TrialResult() : Failed("process_vm_writev wrote elsewhere");
  });
  return Explain(host, result, "the memory of a child was written", kReachRemedy);
}

Finding AskProcMem(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    SharedAddress shared;
    std::string path = "/proc/" + std::to_string(shared.pid()) + "/mem";
    UniqueFd mem(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!mem.valid()) return Failed("open(/proc/PID/mem)");
    iovec here = shared.here(), there = shared.there();
    auto offset = static_cast<off_t>(reinterpret_cast<uintptr_t>(there.iov_base));
    if (::pread(mem.get(), here.iov_base, here.iov_len, offset) < 0) {
      return Failed("pread(/proc/PID/mem)");
    }
    errno = EIO;
    return shared.copy() == SharedAddress::kThere ? TrialResult() : Failed("/proc/PID/mem showed something else");
  });
  return Explain(host, result, "/proc/PID/mem of a child can be read", kReachRemedy);
}

// ---- descriptors ----

Finding AskGetfd(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    Helper sleeper([] { return ::pause(); });
    UniqueFd pidfd(OpenPidfd(sleeper.pid()));
    if (!pidfd.valid()) return Failed("pidfd_open");
    UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd.get(), 2, 0)));
    // The caller's standard error may be closed: then so is the helper's.
    if (!fd.valid() && errno != EBADF) return Failed("pidfd_getfd");
    return {};
  });
  return Explain(host, result, "a descriptor of a child was shared",
                 "Docker's default profile refuses it without --cap-add=SYS_PTRACE; Yama at most 1");
}

Finding AskThreadPidfd(const Host& host) {
  UniqueFd pidfd(OpenPidfd(::getpid(), PIDFD_THREAD));
  TrialResult result = pidfd.valid() ? TrialResult() : Failed("pidfd_open(PIDFD_THREAD)");
  return Explain(host, result, "a thread can be held by a descriptor",
                 result.error == EINVAL ? "the kernel is older than 6.9: /proc/TID is used instead"
                                        : kReachRemedy);
}

// ---- images ----

// The smallest x86-64 program: exit(0).
constexpr unsigned char kProgram[] = {
    0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,       // e_ident
    2, 0, 62, 0, 1, 0, 0, 0,                                       // ET_EXEC, EM_X86_64
    0x78, 0, 0x40, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0,         // entry 0x400078, phoff 64
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 0, 0,  // no sections, one header
    0, 0, 0, 0,                                                    //
    1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,                // PT_LOAD, R+X, offset 0
    0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0,          // at 0x400000
    0x81, 0, 0, 0, 0, 0, 0, 0, 0x81, 0, 0, 0, 0, 0, 0, 0,          // 129 bytes
    0, 0x10, 0, 0, 0, 0, 0, 0,                                     // alignment
    0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05,                     // exit(0)
};
static_assert(sizeof(kProgram) == 129);

// Without the flag on kernels that do not know it (before 6.3).
int CreateExecutableMemfd() {
  int fd = ::memfd_create("um_doctor", MFD_CLOEXEC | MFD_EXEC);
  return fd < 0 && errno == EINVAL ? ::memfd_create("um_doctor", MFD_CLOEXEC) : fd;
}

Finding AskMemfd(const Host& host) {
  UniqueFd fd(::memfd_create("um_doctor", MFD_CLOEXEC));
  TrialResult result = fd.valid() ? TrialResult() : Failed("memfd_create");
  return Explain(host, result, "virtual files have something to live in",
                 "virtual files need it; nothing can take its place");
}

std::string NoexecRemedy() {
  std::string value = Sysctl("vm/memfd_noexec");
  if (value == "2") return "sysctl vm.memfd_noexec=2 refuses it: set it to 1 or 0";
  return "virtual programs cannot be executed";
}

Finding AskMemfdExec(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    UniqueFd fd(CreateExecutableMemfd());
    if (!fd.valid()) return Failed("memfd_create(MFD_EXEC)");
    if (::write(fd.get(), kProgram, sizeof(kProgram)) != sizeof(kProgram)) return Failed("write");
    int error_ends[2];
    if (::pipe2(error_ends, O_CLOEXEC) != 0) return Failed("pipe2");
    UniqueFd in(error_ends[0]), out(error_ends[1]);
    Helper program([&] {
      char name[] = "um_doctor", *argv[] = {name, nullptr}, *envp[] = {nullptr};
      ::syscall(SYS_execveat, fd.get(), "", argv, envp, AT_EMPTY_PATH);
      int error = errno;
      return ::write(out.get(), &error, sizeof(error)) == sizeof(error) ? 1 : 2;
    });
    out.Reset();
    int error = 0;
    if (::read(in.get(), &error, sizeof(error)) == sizeof(error)) {
      errno = error;
      return Failed("execveat of a memfd");
    }
    errno = EIO;
    return program.Succeeds() ? TrialResult() : Failed("the program in the memfd failed");
  });
  return Explain(host, result, "a program in a memfd was executed", NoexecRemedy());
}

constexpr Probe kProbes[] = {
    {"process_vm_readv", "guests' memory can be read", &AskRead},
    {"process_vm_writev", "guests' memory can be written", &AskWrite},
    {"proc_mem", "... by way of /proc/PID/mem", &AskProcMem},
    {"pidfd_getfd", "guests' descriptors can be shared", &AskGetfd},
    {"pidfd_thread", "threads can be held by descriptors", &AskThreadPidfd},
    {"memfd", "virtual files", &AskMemfd},
    {"memfd_exec", "executing virtual files", &AskMemfdExec},
};

}  // namespace

std::span<const Probe> ProcessProbes() { return kProbes; }

}  // namespace umsdk::frontends
