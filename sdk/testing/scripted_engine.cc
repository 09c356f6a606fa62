#include "sdk/testing/scripted_engine.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <cstring>

namespace umsdk::testing {
namespace {

class ScriptedCall final : public TrappedCall {
 public:
  ScriptedCall(int64_t number, const std::array<uint64_t, 6>& args)
      : TrappedCall(static_cast<pid_t>(::syscall(SYS_gettid)), number, args) {}
  size_t ReadMemory(uint64_t address, void* out, size_t size) override {
    // A string may end just before memory that is not ours: the kernel copies as far as it can.
    ssize_t count = Copy(address, out, size, false);
    return count > 0 ? static_cast<size_t>(count) : 0;
  }
  size_t WriteMemory(uint64_t address, const void* bytes, size_t size) override {
    ssize_t count = Copy(address, const_cast<void*>(bytes), size, true);
    return count > 0 ? static_cast<size_t>(count) : 0;
  }
  bool PokeMemory(uint64_t, const void*, size_t) override { return false; }
  ErrnoOr<int> InstallFd(int fd, bool close_on_exec, int min_fd) override {
    int number = ::fcntl(fd, close_on_exec ? F_DUPFD_CLOEXEC : F_DUPFD, min_fd);
    if (number < 0) return LastErrno();
    return number;
  }
  ErrnoOr<UniqueFd> TakeFd(int fd) override {
    UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy.valid()) return LastErrno();
    return copy;
  }
  ErrnoOrOk RunAsGuest(std::span<GuestCall> calls) override {
    for (GuestCall& call : calls) {
      const auto& a = call.args;
      long result = ::syscall(call.number, a[0], a[1], a[2], a[3], a[4], a[5]);
      call.result = result < 0 ? -errno : result;
    }
    return {};
  }
  bool StillThere() override { return true; }
  bool Interrupted() override { return false; }
  void WillBlock() override {}

 private:
  static ssize_t Copy(uint64_t address, void* ours, size_t size, bool to_guest) {
    iovec local{ours, size}, remote{reinterpret_cast<void*>(address), size};
    auto number = to_guest ? SYS_process_vm_writev : SYS_process_vm_readv;
    return ::syscall(number, ::getpid(), &local, 1L, &remote, 1L, 0L);
  }
};

// The script has ended before anybody can ask.
class EndedTree final : public GuestTree {
 public:
  explicit EndedTree(int code) : code_(code), event_(::eventfd(1, EFD_CLOEXEC)) {}
  pid_t pid() const override { return ::getpid(); }
  GuestEvent WaitEvent() override { return {GuestEvent::Kind::kExited, W_EXITCODE(code_, 0), 0}; }
  int event_fd() const override { return event_.get(); }
  absl::Status Signal(int) override { return absl::NotFoundError("the scripted guest has ended"); }
  void Terminate(std::chrono::milliseconds, bool) override {}

 private:
  const int code_;
  const UniqueFd event_;
};

}  // namespace

int64_t ScriptedGuest::Make(int64_t number, const std::array<uint64_t, 6>& args) {
  ScriptedCall call(number, args);
  Verdict verdict = handler_.Handle(call);
  if (!verdict.is_continue()) return verdict.value();
  ++native_calls_;
  long result = ::syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
  return result < 0 ? -errno : result;
}

absl::StatusOr<std::unique_ptr<GuestTree>> ScriptedEngine::Launch(const LaunchSpec&, const TrapSet&,
                                                                  CallHandler& handler) {
  ScriptedGuest guest(handler);
  return std::unique_ptr<GuestTree>(std::make_unique<EndedTree>(script_(guest)));
}

}  // namespace umsdk::testing
