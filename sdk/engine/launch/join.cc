#include "sdk/engine/launch/join.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>

#include "sdk/base/status_macros.h"
#include "sdk/engine/launch/errand_page.h"
#include "sdk/engine/launch/join_offer.h"
#include "sdk/engine/launch/warden_clone.h"

namespace umsdk {
namespace {

constexpr auto kPidfd = static_cast<idtype_t>(3);  // P_PIDFD, which older headers lack

}  // namespace

absl::StatusOr<std::unique_ptr<JoinedCommand>> JoinedCommand::Start(UniqueFd connection,
                                                                    const LaunchSpec& spec) {
  UMSDK_ASSIGN_OR_RETURN(const ExecImage image, ExecImage::Make(spec));
  fcntl(connection.get(), F_SETFL, 0);  // it may have come non-blocking
  UMSDK_ASSIGN_OR_RETURN(JoinOffer offer, ReceiveOffer(connection.get()));
  SharedPage page(offer.page);
  const SharedObject<ErrandPage> errand_page(offer.errand_page);
  const UniqueFd socket = AboveStdio(std::move(connection));
  const UniqueFd host = AboveStdio(std::move(offer.host_pidfd));
  if (!page.valid() || !errand_page.valid() || !socket.valid() || !host.valid()) {
    return absl::ErrnoToStatus(errno, "join: what the supervisor shares");
  }
  const sock_fprog filter = {static_cast<unsigned short>(offer.filter.size()),
                             offer.filter.data()};
  // A filter that this process has already could answer a call before ours is asked.
  const bool use_filter =
      offer.want_listener || (!offer.filter.empty() && prctl(PR_GET_SECCOMP) == 0);
  std::unique_ptr<JoinedCommand> joined(new JoinedCommand(std::move(page)));
  WardenOrigin origin;
  origin.image = &image;
  origin.filter = use_filter ? &filter : nullptr;
  origin.want_listener = offer.want_listener;
  origin.may_lack_filter = !offer.want_listener;
  origin.page = joined->page_.get();
  origin.errand_page = errand_page.get();
  origin.socket = &socket;
  origin.host_pidfd = &host;
  UMSDK_ASSIGN_OR_RETURN(ClonedWarden cloned, CloneWarden(origin));
  joined->warden_ = std::move(cloned.pidfd);
  return joined;
}

GuestEvent JoinedCommand::Wait() {
  pollfd ended = {warden_.get(), POLLIN, 0};
  while (poll(&ended, 1, -1) < 0 && errno == EINTR) {
  }
  const int status = page_->command_status;
  if (status < 0) return {};
  return {GuestEvent::Kind::kExited, status, page_->exec_errno};
}

JoinedCommand::~JoinedCommand() {
  if (!warden_.valid()) return;
  Wait();
  siginfo_t info;
  waitid(kPidfd, static_cast<id_t>(warden_.get()), &info, WEXITED | __WALL);
}

}  // namespace umsdk
