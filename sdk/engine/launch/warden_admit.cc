// Warden::Admit: wardens that other processes start.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

#include "sdk/base/proc_field.h"
#include "sdk/base/status_macros.h"
#include "sdk/engine/launch/join_offer.h"
#include "sdk/engine/launch/process_stat.h"
#include "sdk/engine/launch/warden.h"

namespace umsdk {
namespace {

constexpr int kPatienceSeconds = 10;

absl::Status CheckPeer(int socket) {
  int type = 0;
  socklen_t size = sizeof(type);
  if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    return absl::InvalidArgumentError("join: the connection is no SOCK_SEQPACKET socket");
  }
  ucred peer = {};
  size = sizeof(peer);
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return absl::ErrnoToStatus(errno, "join: the connection's other end");
  }
  if (peer.uid == 0 || peer.uid == geteuid()) return absl::OkStatus();
  return absl::PermissionDeniedError("join: the joining process belongs to somebody else");
}

// How long receiving waits; 0: without limit.
void SetPatience(int socket, int seconds) {
  const timeval patience = {seconds, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

// The process that a pidfd stands for; -1 when it is none, or the process has ended.
pid_t ProcessOf(const UniqueFd& pidfd) {
  const std::string info = "/proc/self/fdinfo/" + std::to_string(pidfd.get());
  return static_cast<pid_t>(std::strtol(ProcField(info, "Pid:").value_or("-1").c_str(), nullptr, 10));
}

bool MayRead(pid_t pid) {
  char byte;
  const iovec here = {&byte, 1}, there = {nullptr, 1};
  if (process_vm_readv(pid, &here, 1, &there, 1, 0) >= 0 || errno == EFAULT) return true;
  return UniqueFd(open(("/proc/" + std::to_string(pid) + "/mem").c_str(), O_RDWR | O_CLOEXEC))
      .valid();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Warden>> Warden::Admit(UniqueFd connection,
                                                      const SeccompFilter* filter,
                                                      ListenerUse listener) {
  UMSDK_RETURN_IF_ERROR(CheckPeer(connection.get()));
  fcntl(connection.get(), F_SETFL, 0);  // it may have come non-blocking
  JoinOffer offer;
  offer.want_listener = listener == ListenerUse::kWanted;
  if (filter != nullptr) offer.filter = filter->program();
  offer.page = SharedPage::MakeFile();
  offer.errand_page = SharedObject<ErrandPage>::MakeFile();
  offer.host_pidfd.Reset(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)));
  std::unique_ptr<Warden> warden(
      new Warden(SharedPage(offer.page), SharedObject<ErrandPage>(offer.errand_page)));
  warden->joined_ = true;
  if (!warden->page_.valid() || !warden->errand_page_.valid() || !offer.host_pidfd.valid()) {
    return absl::ErrnoToStatus(errno, "join: memory to share");
  }
  UMSDK_RETURN_IF_ERROR(SendOffer(connection.get(), offer));
  SetPatience(connection.get(), kPatienceSeconds);
  warden->socket_ = std::move(connection);
  const absl::Status ready = warden->AwaitReady();
  if (!ready.ok() && warden->page_->failed_step == LaunchStep::kNone) {
    return absl::UnavailableError("join: the joining process has gone, or did not answer in time");
  }
  UMSDK_RETURN_IF_ERROR(ready);
  SetPatience(warden->socket_.get(), 0);
  UMSDK_RETURN_IF_ERROR(warden->CheckJoined(listener));
  return warden;
}

absl::Status Warden::CheckJoined(ListenerUse listener) {
  pid_ = ProcessOf(pidfd_);
  const UniqueFd proc(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const bool has_listener = listener == ListenerUse::kNone || listener_.valid();
  if (pid_ <= 0 || pid_ == getpid() || !has_listener || command_ <= 0 ||
      ProcessOf(command_pidfd_) != command_ || ParentOf(proc.get(), command_) != pid_) {
    pidfd_.Reset();  // nothing to wait for
    return absl::InvalidArgumentError("join: the joining process broke the rules");
  }
  if (MayRead(command_)) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "join: the memory of the joining command is closed to this process: it runs as another user, "
      "or kernel.yama.ptrace_scope is not 0");
}

}  // namespace umsdk
