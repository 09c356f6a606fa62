// Warden::Admit: wardens that other processes start.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string>
#include <utility>

#include "sdk/base/status_macros.h"
#include "sdk/engine/launch/join_offer.h"
#include "sdk/engine/launch/warden.h"

namespace umsdk {
namespace {

constexpr int kPatienceSeconds = 10;

absl::Status CheckPeer(int socket) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
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
  std::ifstream info("/proc/self/fdinfo/" + std::to_string(pidfd.get()));
  for (std::string word; info >> word;) {
    pid_t pid = -1;
    if (word == "Pid:") return info >> pid ? pid : -1;
  }
  return -1;
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
                                                      const SeccompFilter& filter) {
  UMSDK_RETURN_IF_ERROR(CheckPeer(connection.get()));
  JoinOffer offer;
  offer.filter = filter.program();
  offer.page = SharedPage::MakeFile();
  offer.errand_page = SharedObject<ErrandPage>::MakeFile();
  offer.host_pidfd.Reset(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)));
  std::unique_ptr<Warden> warden(
      new Warden(SharedPage(offer.page), SharedObject<ErrandPage>(offer.errand_page)));
  if (!warden->page_.valid() || !warden->errand_page_.valid() || !offer.host_pidfd.valid()) {
    return absl::ErrnoToStatus(errno, "join: memory to share");
  }
  UMSDK_RETURN_IF_ERROR(SendOffer(connection.get(), offer));
  SetPatience(connection.get(), kPatienceSeconds);
  warden->socket_ = std::move(connection);
  UMSDK_RETURN_IF_ERROR(warden->AwaitReady());
  SetPatience(warden->socket_.get(), 0);
  UMSDK_RETURN_IF_ERROR(warden->CheckJoined());
  return warden;
}

absl::Status Warden::CheckJoined() {
  pid_ = ProcessOf(pidfd_);
  if (pid_ <= 0 || !listener_.valid() || ProcessOf(command_pidfd_) != command_) {
    pidfd_.Reset();  // nothing to wait for
    return absl::InvalidArgumentError("join: the joining process broke the rules");
  }
  if (MayRead(command_)) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "join: the memory of the joining command is closed to this process: it runs as another user, "
      "or kernel.yama.ptrace_scope is not 0");
}

}  // namespace umsdk
