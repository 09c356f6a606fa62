// Engine: how the calls of a guest tree are caught. It knows listeners, registers and stops; it does
// not know services. notify, ptrace and the scripted engine are peers behind this header.
//
// The contract of an engine:
//  1. Launch() starts a command so that no call of the trap set ever runs outside the handler, the
//     command's own execve included.
//  2. For every caught call it calls CallHandler::Handle once, from a thread of its own, and carries
//     out the verdict. Different guest threads may be handled at the same time.
//  3. Entries of a foreign architecture (int 0x80, x32) are answered ENOSYS, without Handle.
//  4. A guest thread that dies meanwhile makes the TrappedCall's methods fail; Handle still returns.
//  5. When this process dies, even by SIGKILL, every guest is killed.
//  6. The host application is left alone: no signal handler, no SIGCHLD, nothing that its own
//     waitpid(-1) could find, no change of its signal mask. (ptrace engine: see its header.)
#ifndef SDK_ENGINE_ENGINE_H_
#define SDK_ENGINE_ENGINE_H_

#include <sys/types.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/trap_set.h"

namespace umsdk {

// One system call of a guest thread that waits for its verdict. Valid during Handle only.
// Not thread-safe: the handling thread's.
class TrappedCall {
 public:
  virtual ~TrappedCall() = default;

  pid_t tid() const { return tid_; }  // as this process sees it; the identity of the guest
  int64_t number() const { return number_; }
  uint64_t arg(int i) const { return args_[i]; }
  const std::array<uint64_t, 6>& args() const { return args_; }

  // Guest memory. Both return how many bytes were copied before the first inaccessible one.
  virtual size_t ReadMemory(uint64_t address, void* out, size_t size) = 0;
  virtual size_t WriteMemory(uint64_t address, const void* bytes, size_t size) = 0;
  // Writes even where the guest itself may not (text, string literals), as a debugger does.
  virtual bool PokeMemory(uint64_t address, const void* bytes, size_t size) = 0;

  // Puts a duplicate of `fd` (same open file description) into the guest at its lowest free number
  // that is at least `min_fd`. EMFILE when the guest's own RLIMIT_NOFILE is reached.
  virtual ErrnoOr<int> InstallFd(int fd, bool close_on_exec, int min_fd = 0) = 0;
  // A duplicate of the guest's descriptor: the same open file description. EBADF as for the guest.
  virtual ErrnoOr<UniqueFd> TakeFd(int guest_fd) = 0;

  // Runs system calls as the guest thread itself, one after the other, before the trapped call is
  // answered: what only the thread itself can do (fchdir, close). None of them may be one that
  // waits. `result` gets the value or -errno of each. EPERM when a debugger holds the thread.
  struct GuestCall {
    int64_t number = 0;
    std::array<uint64_t, 6> args = {};
    int64_t result = -ENOSYS;
  };
  virtual ErrnoOrOk RunAsGuest(std::span<GuestCall> calls) = 0;
  // After RunAsGuest: Verdict::Continue() brings this call to the handler once more.
  virtual bool ComesAgain() const { return false; }

  // Has the kernel run `call`, an execve by other arguments, in place of the trapped call: the verdict
  // must then be Continue. If it comes back, the thread runs `afterwards`, gets its result, and finds
  // the registers that it had. EPERM when a debugger holds the thread; nothing has changed then.
  // Between this and the verdict no descriptor can be installed.
  struct Replacement {
    GuestCall call;
    std::vector<GuestCall> afterwards;  // as for RunAsGuest
  };
  virtual ErrnoOrOk ReplaceCall(Replacement replacement) {
    (void)replacement;
    return Errno(ENOSYS);
  }

  // False once the guest thread is gone: what was read through its tid may belong to another.
  virtual bool StillThere() = 0;
  // True when the guest must be let go: a caught or stop signal is pending, or a debugger attached.
  // The handler then undoes its side effects and answers Verdict::Restart().
  virtual bool Interrupted() = 0;
  // The handler may wait for long from here on: lets another thread take over the receiving.
  virtual void WillBlock() = 0;

 protected:
  TrappedCall(pid_t tid, int64_t number, const std::array<uint64_t, 6>& args)
      : tid_(tid), number_(number), args_(args) {}

 private:
  pid_t tid_;
  int64_t number_;
  std::array<uint64_t, 6> args_;
};

// What becomes of a caught call.
class Verdict {
 public:
  // The kernel runs the call as the guest made it; its result is not known to us.
  static Verdict Continue() { return Verdict(Kind::kContinue, 0); }
  // The guest sees `value`: a result, or -errno.
  static Verdict Return(int64_t value) { return Verdict(Kind::kReturn, value); }
  static Verdict Fail(Errno error) { return Return(-static_cast<int64_t>(error)); }
  // Only after Interrupted(): the kernel delivers the signal, then EINTR or the call again.
  static Verdict Restart() { return Return(-512 /* ERESTARTSYS */); }

  bool is_continue() const { return kind_ == Kind::kContinue; }
  int64_t value() const { return value_; }

 private:
  enum class Kind { kContinue, kReturn };
  Verdict(Kind kind, int64_t value) : kind_(kind), value_(value) {}
  Kind kind_;
  int64_t value_;
};

// Where an engine brings the calls. Thread-safe; must never throw, whatever the guest passes.
class CallHandler {
 public:
  virtual ~CallHandler() = default;
  virtual Verdict Handle(TrappedCall& call) = 0;
};

// A command, ready to be executed without any further allocation (it runs after fork).
struct LaunchSpec {
  std::vector<std::string> candidates;  // paths for execve, tried in order while ENOENT/EACCES/ENOTDIR
  std::vector<std::string> argv;
  std::vector<std::string> env;  // NAME=value
  std::string cwd;               // empty: the host's
  int stdio[3] = {0, 1, 2};      // the host's descriptors; not owned
  // The process group of the command: -1 stays in the host's (terminals), 0 makes its own.
  pid_t process_group = -1;
  // For a host that stops when the command does: SIGCONT to the host if it is stopped when the
  // command is continued.
  bool continue_host = false;
  // Something that is there for others and mostly waits: it is to cost no thread meanwhile.
  bool background = false;
};

// How the command (the first guest) ended, or that it stopped.
struct GuestEvent {
  enum class Kind { kExited, kStopped, kContinued, kLost } kind = Kind::kLost;
  int wait_status = 0;  // as waitpid(2) gives it; kLost: the warden died, all guests are killed
  int exec_errno = 0;   // kExited: the command could not be executed
};

// A launched command with all its descendants. Thread-safe. Destruction kills what is left.
class GuestTree {
 public:
  virtual ~GuestTree() = default;
  virtual pid_t pid() const = 0;  // of the command
  // Waits for the next event of the command; kExited and kLost are the last.
  virtual GuestEvent WaitEvent() = 0;
  // Readable when WaitEvent would not wait (for poll). Owned by the tree.
  virtual int event_fd() const = 0;
  virtual absl::Status Signal(int signal) = 0;  // to the command
  // SIGTERM to every process of the tree, SIGKILL to those left after `grace`; returns when none is
  // left. `linger`: first waits, without limit, until they have ended by themselves.
  virtual void Terminate(std::chrono::milliseconds grace, bool linger) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual const char* name() const = 0;
  // `handler` must outlive the tree. Errors say what the kernel refused, and why.
  virtual absl::StatusOr<std::unique_ptr<GuestTree>> Launch(const LaunchSpec& spec,
                                                            const TrapSet& traps,
                                                            CallHandler& handler) = 0;
  // Takes in a command that another process launches for the purpose: see launch/join.h, whose
  // JoinedCommand is at the other end of the connection. Waits until it has the calls of the command.
  virtual absl::StatusOr<std::unique_ptr<GuestTree>> Admit(UniqueFd connection,
                                                           const TrapSet& traps,
                                                           CallHandler& handler) {
    (void)connection, (void)traps, (void)handler;
    return absl::UnimplementedError(std::string("engine ") + name() + ": nobody can join");
  }
};

}  // namespace umsdk

#endif  // SDK_ENGINE_ENGINE_H_
