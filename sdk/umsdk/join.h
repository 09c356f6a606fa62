// Join: this process starts a command that is a guest of a view which another process supervises.
//
//   The supervisor's side:  auto guest = supervisor.Admit(std::move(one_end));
//   This side:              auto joined = JoinedGuest::Start(std::move(other_end), Command("/bin/ls"));
//                           if (!joined.ok()) return joined.status();
//                           auto exit = joined->Wait();
//
// The command is a descendant of this process, not of the supervisor: user, directory, limits, session,
// terminal and namespaces are this process's. What it sees is the view's. It waits before its exec until
// the supervisor has its calls, and none of it ever runs outside the view: if the supervisor refuses, or
// ends, however it ends, the command and all its descendants are killed.
#ifndef UMSDK_JOIN_H_
#define UMSDK_JOIN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "umsdk/command.h"

namespace umsdk {

// A command that has joined. Movable. Thread-compatible. Destruction waits for the end of its tree, which
// is the supervisor's to bring about: see Guest.
class JoinedGuest {
 public:
  // `connection`: a connected SOCK_SEQPACKET Unix socket, whose other end the supervisor gives to
  // Supervisor::Admit, now or later: this waits for it. It belongs to the join from here on. Of
  // `command` all but Timeout counts; its program is looked for in this process's PATH.
  // An error means that nothing ran: Unavailable: the supervisor refuses, or this system does;
  // FailedPrecondition: this process is in a view already; InvalidArgument: no supervisor of this version.
  static absl::StatusOr<JoinedGuest> Start(UniqueFd connection, const Command& command);

  JoinedGuest(JoinedGuest&&) noexcept;
  JoinedGuest& operator=(JoinedGuest&&) noexcept;
  ~JoinedGuest();

  // Waits until the command and its tree have ended; stops are told to the supervisor only. Aborted: it
  // was killed with the view.
  absl::StatusOr<ExitStatus> Wait();

 private:
  struct Impl;
  explicit JoinedGuest(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace umsdk

#endif  // UMSDK_JOIN_H_
