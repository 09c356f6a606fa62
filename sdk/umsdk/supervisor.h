// Supervisor runs commands inside a view made of services.
//
//   auto supervisor = Supervisor::Builder().AddService(std::make_unique<MyService>()).Build();
//   if (!supervisor.ok()) return supervisor.status();
//   auto exit = supervisor->Run(Command("/bin/ls").Arg("/mnt"));
#ifndef UMSDK_SUPERVISOR_H_
#define UMSDK_SUPERVISOR_H_

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "umsdk/admin_options.h"
#include "umsdk/administration.h"
#include "umsdk/command.h"
#include "umsdk/service.h"

namespace umsdk {

class Engine;  // sdk/engine/engine.h, for tests and engines of one's own

enum class EngineKind { kAuto, kNotify, kPtrace };

struct PtraceOptions {
  bool seccomp = true;          // false (--nokvm): two stops a call
  bool vectored_memory = true;  // false (--nokmulti)
};

// A line of the trace: one call that a service handled or refused, in strace's notation.
struct TraceLine {
  pid_t tid = 0;
  std::string call;    // "openat(AT_FDCWD, \"/mnt/a\", O_RDONLY)"
  std::string result;  // "= 3", "= -1 ENOENT (No such file or directory)", "= ? (kernel)"
};

// A running command with its descendants. Movable. Thread-safe. Destruction ends the whole tree.
class Guest {
 public:
  Guest(Guest&&) noexcept;
  Guest& operator=(Guest&&) noexcept;
  ~Guest();

  pid_t pid() const;
  // Waits for the command's end, then ends the rest of its tree (see Supervisor::Options::linger).
  absl::StatusOr<ExitStatus> Wait();
  absl::Status Signal(int signal);
  // Ends the tree: SIGTERM, and SIGKILL after two seconds.
  void Terminate();

 private:
  friend class Supervisor;
  struct Impl;
  explicit Guest(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Movable; owns everything of a view; no process-wide state: several may live in one process.
// Thread-safe. Destruction ends the guests and unmounts, newest first.
class Supervisor {
 public:
  class Builder;
  Supervisor(Supervisor&&) noexcept;
  Supervisor& operator=(Supervisor&&) noexcept;
  ~Supervisor();

  // Runs `command` and waits for its end. The command's failures are in ExitStatus; an error means
  // that nothing could be started.
  absl::StatusOr<ExitStatus> Run(const Command& command);
  absl::StatusOr<Guest> Spawn(const Command& command);
  // Takes in a command that another process starts for the purpose: JoinedGuest::Start (umsdk/join.h) is
  // called with the other end of `connection`, a SOCK_SEQPACKET Unix socket, which is the view's from
  // here on. Waits for it, at most ten seconds; several may join at the same time. The process must
  // belong to this user or to root and be in the same pid namespace; whoever has the connection may
  // join, so who gets it is the caller's decision. The command is a guest as if Spawn had made it; its
  // tree ends with the Guest, and with this process. (With EngineKind::kAuto: by the engine that the
  // commands before it got.)
  // An error means that nothing ran. PermissionDenied: somebody else's process, or its memory is closed
  // to this one (kernel.yama.ptrace_scope other than 0, without CAP_SYS_PTRACE). InvalidArgument: no
  // such socket, or the other side does not keep the rules. Unavailable: it has gone, or its system
  // refuses. FailedPrecondition: it is in a view already. Unimplemented: an engine of one's own.
  absl::StatusOr<Guest> Admit(UniqueFd connection);

  // The chain, first asked first. `position` 1 is the front; 0 the end.
  absl::Status AddService(absl::StatusOr<std::unique_ptr<Service>> service, int position = 0);
  absl::Status RemoveService(const std::string& name);
  absl::Status MoveService(const std::string& name, int position);
  // No change of the chain any more; `hide`: nobody is told what it holds (um_ls_service fails).
  void Lock(bool hide = false);
  std::vector<ServiceInfo> services() const;

  // As mount(2) and umount2(2) by a guest. `target` is an absolute path.
  absl::Status Mount(const std::string& source, const std::string& target, const std::string& type,
                     unsigned long flags, const std::string& options);
  absl::Status Unmount(const std::string& target, int flags);
  std::vector<MountInfo> mounts() const;  // oldest first

  std::string engine_name() const;  // "notify", "ptrace"

  // The same and more, as administrators get it. The view's; valid as long as it.
  Administration& administration();

 private:
  friend class Guest;
  friend class Builder;
  struct Impl;
  explicit Supervisor(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

// Collects what a view is made of; the first error is kept and reported by Build().
class Supervisor::Builder {
 public:
  Builder();
  ~Builder();
  Builder(Builder&&) noexcept;
  Builder& operator=(Builder&&) noexcept;

  // Takes a service, or the error that creating it met. Asked in the order of adding.
  Builder&& AddService(absl::StatusOr<std::unique_ptr<Service>> service) &&;
  Builder&& WithEngine(EngineKind kind) &&;
  Builder&& WithPtraceOptions(PtraceOptions options) &&;
  Builder&& WithEngine(std::unique_ptr<Engine> engine) &&;
  // Nothing can be added later: only what the services claim is trapped.
  Builder&& Seal() &&;
  // How a `umview -p NAME,ARGUMENTS` inside the view gets a service for its sub-view. It is asked by
  // guests, from threads of the SDK: what it loads runs in this process. Default: nothing is loaded.
  using ServiceLoader = std::function<absl::StatusOr<std::unique_ptr<Service>>(const std::string& name,
                                                                               const std::string& arguments)>;
  Builder&& WithServiceLoader(ServiceLoader loader) &&;
  // Processes of the view may administer it (um_* tools) as far as they belong to this user or root.
  // Needs libumsdk-admin.so, which is loaded when the first one does so. That there can be no socket is an
  // event, no error.
  Builder&& ServeAdmin(AdminOptions options = {}) &&;
  // A service's own accesses (SyscallContext::files) see real files only.
  Builder&& WithoutNesting() &&;
  // Guest::Wait waits for all descendants of the command, not just for it.
  Builder&& Linger() &&;
  // The command was stopped by this signal (Ctrl-Z). Called from a thread of the SDK. With it a view
  // also continues this process (SIGCONT) if that is stopped when the command is continued.
  Builder&& OnStop(std::function<void(int signal)> callback) &&;
  // Lines for the owner of the view (Report, failures, refusals). Default: standard error.
  Builder&& OnEvent(std::function<void(const std::string&)> sink) &&;
  // Every call that a service handled or refused; `all`: every trapped call.
  Builder&& OnTrace(std::function<void(const TraceLine&)> sink, bool all = false) &&;
  // Bytes: files up to `resident_file` live in memory wholly while used; `total` bounds all of it.
  Builder&& WithCache(uint64_t resident_file, uint64_t total) &&;
  absl::StatusOr<Supervisor> Build() &&;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace umsdk

#endif  // UMSDK_SUPERVISOR_H_
