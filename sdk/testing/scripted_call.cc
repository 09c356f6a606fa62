#include "sdk/testing/scripted_call.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace umsdk::testing {
namespace {

// A string may end just before memory that is not ours: the kernel copies as far as it can.
size_t Copy(uint64_t address, void* ours, size_t size, bool to_guest) {
  iovec local{ours, size}, remote{reinterpret_cast<void*>(address), size};
  auto number = to_guest ? SYS_process_vm_writev : SYS_process_vm_readv;
  ssize_t count = ::syscall(number, ::getpid(), &local, 1L, &remote, 1L, 0L);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

}  // namespace

ScriptedCall::ScriptedCall(int64_t number, const std::array<uint64_t, 6>& args)
    : TrappedCall(static_cast<pid_t>(::syscall(SYS_gettid)), number, args) {}

size_t ScriptedCall::ReadMemory(uint64_t address, void* out, size_t size) {
  return Copy(address, out, size, false);
}

size_t ScriptedCall::WriteMemory(uint64_t address, const void* bytes, size_t size) {
  return Copy(address, const_cast<void*>(bytes), size, true);
}

ErrnoOr<int> ScriptedCall::InstallFd(int fd, bool close_on_exec, int min_fd) {
  int number = ::fcntl(fd, close_on_exec ? F_DUPFD_CLOEXEC : F_DUPFD, min_fd);
  if (number < 0) return LastErrno();
  return number;
}

ErrnoOr<UniqueFd> ScriptedCall::TakeFd(int fd) {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy.valid()) return LastErrno();
  return copy;
}

ErrnoOrOk ScriptedCall::RunAsGuest(std::span<GuestCall> calls) {
  for (GuestCall& call : calls) {
    const auto& a = call.args;
    long result = ::syscall(call.number, a[0], a[1], a[2], a[3], a[4], a[5]);
    call.result = result < 0 ? -errno : result;
  }
  return {};
}

}  // namespace umsdk::testing
