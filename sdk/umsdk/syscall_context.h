// SyscallContext: what a handler may do with the call it is asked about.
#ifndef UMSDK_SYSCALL_CONTEXT_H_
#define UMSDK_SYSCALL_CONTEXT_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "umsdk/file.h"
#include "umsdk/file_system.h"
#include "umsdk/helper.h"
#include "umsdk/host_files.h"
#include "umsdk/native_file.h"
#include "umsdk/result.h"

namespace umsdk {

// Lives for one call, on one thread; a handler must not keep it.
class SyscallContext {
 public:
  virtual ~SyscallContext() = default;

  // The rest of the chain, at last the kernel. Calling it twice asks the rest twice.
  virtual SyscallResult Next() = 0;
  // From OnOpen: gives the guest a descriptor served by `file`. A result like open's.
  virtual SyscallResult Install(std::unique_ptr<File> file) = 0;
  // From OnOpen: gives the guest a real descriptor, of which the view keeps no copy. `file` hears what
  // the guest does with it. A result like open's.
  virtual SyscallResult InstallFd(UniqueFd fd, std::shared_ptr<NativeFile> file) {
    (void)fd, (void)file;
    return Errno(ENOSYS);
  }

  // The guest thread: its id as the host sees it, its identity.
  virtual pid_t tid() const = 0;
  virtual const Caller& caller() = 0;

  // Guest memory: EFAULT where the guest itself would get it.
  virtual ErrnoOrOk ReadMemory(uint64_t address, void* out, size_t size) = 0;
  virtual ErrnoOrOk WriteMemory(uint64_t address, const void* bytes, size_t size) = 0;
  virtual ErrnoOr<std::string> ReadString(uint64_t address, size_t limit) = 0;

  // For the service's own file accesses, as the view stands now: in OnMount, without the mount that
  // is being made. Unlike the context itself it may be kept. (A fake in a test may have none.)
  virtual std::shared_ptr<HostFiles> files() { return nullptr; }

  // Starts a program as a guest of the view, in the name of the calling guest.
  virtual absl::StatusOr<std::unique_ptr<Helper>> Spawn(const HelperCommand&) {
    return absl::UnimplementedError("no programs can be started here");
  }

  // The call in strace's notation.
  virtual std::string Describe() = 0;
  // Before waiting for somebody else. Then Interrupted() says when to give up with Restart().
  virtual void WillBlock() = 0;
  virtual bool Interrupted() = 0;
  // The answer after Interrupted(): the kernel delivers the signal, or makes the call again.
  virtual SyscallResult Restart() = 0;
};

}  // namespace umsdk

#endif  // UMSDK_SYSCALL_CONTEXT_H_
