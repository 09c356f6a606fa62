// The other side of Engine::Admit: a process outside a view starts a command that is a guest of it.
//
// The command stays a descendant of the joining process: its identity, directory, limits, session and
// namespaces are that one's. A warden of its own watches it, which dies with the view's supervisor.
#ifndef SDK_ENGINE_LAUNCH_JOIN_H_
#define SDK_ENGINE_LAUNCH_JOIN_H_

#include <sys/types.h>

#include <memory>

#include "absl/status/statusor.h"
#include "sdk/base/unique_fd.h"
#include "sdk/engine/engine.h"
#include "sdk/engine/launch/shared_page.h"

namespace umsdk {

// A command that has joined. Destruction waits for its end. Thread-compatible.
class JoinedCommand {
 public:
  // `connection`: a SOCK_SEQPACKET Unix socket whose other end is given to Engine::Admit, in this
  // process or another. Unavailable: the supervisor, or this system, refuses.
  static absl::StatusOr<std::unique_ptr<JoinedCommand>> Start(UniqueFd connection,
                                                              const LaunchSpec& spec);
  ~JoinedCommand();
  JoinedCommand(const JoinedCommand&) = delete;
  JoinedCommand& operator=(const JoinedCommand&) = delete;

  // Of the command, or kLost: it was killed with the view, or before it began. Stops are told to the
  // supervisor only.
  GuestEvent Wait();

 private:
  explicit JoinedCommand(SharedPage page) : page_(std::move(page)) {}

  const SharedPage page_;
  UniqueFd warden_;  // a pidfd
};

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_JOIN_H_
