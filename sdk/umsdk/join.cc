#include "umsdk/join.h"

#include <utility>

#include "sdk/engine/launch/join.h"
#include "umsdk/exit_status.h"
#include "umsdk/launch_spec.h"

namespace umsdk {

struct JoinedGuest::Impl {
  std::unique_ptr<JoinedCommand> command;
};

JoinedGuest::JoinedGuest(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JoinedGuest::JoinedGuest(JoinedGuest&&) noexcept = default;
JoinedGuest& JoinedGuest::operator=(JoinedGuest&&) noexcept = default;
JoinedGuest::~JoinedGuest() = default;

absl::StatusOr<JoinedGuest> JoinedGuest::Start(UniqueFd connection, const Command& command) {
  if (command.argv()[0].empty()) return absl::InvalidArgumentError("join: the command has no program");
  auto joined = JoinedCommand::Start(std::move(connection), MakeLaunchSpec(command));
  if (!joined.ok()) return joined.status();
  return JoinedGuest(std::make_unique<Impl>(Impl{*std::move(joined)}));
}

absl::StatusOr<ExitStatus> JoinedGuest::Wait() {
  const GuestEvent event = impl_->command->Wait();
  if (event.kind == GuestEvent::Kind::kExited) return ToExitStatus(event);
  return absl::AbortedError("the view has ended, and with it the command");
}

}  // namespace umsdk
