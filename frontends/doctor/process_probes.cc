#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "frontends/doctor/explain.h"
#include "frontends/doctor/probes.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

namespace umsdk::frontends {
namespace {

constexpr char kReachRemedy[] =
    "a supervisor must be allowed to look into its guests: kernel.yama.ptrace_scope at most 1, and "
    "no "
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
    return shared.copy() == SharedAddress::kThere ? TrialResult()
                                                  : Failed("process_vm_readv read something else");
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
    return shared.copy() == SharedAddress::kThere ? TrialResult()
                                                  : Failed("/proc/PID/mem showed something else");
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
  return Explain(
      host, result, "a descriptor of a child was shared",
      "Docker's default profile refuses it without --cap-add=SYS_PTRACE; Yama at most 1");
}

Finding AskThreadPidfd(const Host& host) {
  UniqueFd pidfd(OpenPidfd(::getpid(), PIDFD_THREAD));
  TrialResult result = pidfd.valid() ? TrialResult() : Failed("pidfd_open(PIDFD_THREAD)");
  return Explain(host, result, "a thread can be held by a descriptor",
                 result.error == EINVAL ? "the kernel is older than 6.9: /proc/TID is used instead"
                                        : kReachRemedy);
}

constexpr Probe kProbes[] = {
    {"process_vm_readv", "guests' memory can be read", &AskRead},
    {"process_vm_writev", "guests' memory can be written", &AskWrite},
    {"proc_mem", "... by way of /proc/PID/mem", &AskProcMem},
    {"pidfd_getfd", "guests' descriptors can be shared", &AskGetfd},
    {"pidfd_thread", "threads can be held by descriptors", &AskThreadPidfd},
};

}  // namespace

std::span<const Probe> ProcessProbes() { return kProbes; }

}  // namespace umsdk::frontends
