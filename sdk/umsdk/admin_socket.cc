#include "umsdk/admin_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sdk/base/all_signals_blocked.h"
#include "sdk/base/status_macros.h"

namespace umsdk {
namespace {

constexpr int kBacklog = 64;
constexpr int kPauseMs = 100;  // after a failure that the next try may meet again (EMFILE)

}  // namespace

absl::StatusOr<std::unique_ptr<AdminSocket>> AdminSocket::Open(const std::string& name, Serve serve, Report report) {
  UMSDK_ASSIGN_OR_RETURN(AdminDirectory directory, AdminDirectory::Open(true));
  std::unique_ptr<AdminSocket> admin(
      new AdminSocket(std::move(directory), AdminFile(::getpid(), name), std::move(serve), std::move(report)));
  UMSDK_RETURN_IF_ERROR(admin->Bind());
  admin->stop_.Reset(::eventfd(0, EFD_CLOEXEC));
  if (!admin->stop_.valid()) return absl::ErrnoToStatus(errno, "eventfd");
  AllSignalsBlocked blocked;  // the thread inherits it
  admin->thread_ = std::thread(&AdminSocket::Loop, admin.get());
  return admin;
}

AdminSocket::~AdminSocket() {
  if (thread_.joinable()) {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
  }
  if (listener_.valid()) ::unlinkat(directory_.fd(), file_.c_str(), 0);
}

void AdminSocket::RemoveTheDead() {
  for (const AdminEntry& entry : directory_.Entries()) {
    if (!directory_.IsAlive(entry.file)) ::unlinkat(directory_.fd(), entry.file.c_str(), 0);
  }
}

absl::Status AdminSocket::Bind() {
  UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = directory_.AddressOf(file_);
  // Of two that find the same dead socket the second must not remove what the first has put there.
  ::flock(directory_.fd(), LOCK_EX);
  RemoveTheDead();
  int result = ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  if (result == 0) result = ::listen(listener.get(), kBacklog);
  const int error = errno;
  ::flock(directory_.fd(), LOCK_UN);
  if (result != 0) return absl::ErrnoToStatus(error, absl::StrCat(AdminDirectory::Path(), "/", file_));
  listener_ = std::move(listener);
  return absl::OkStatus();
}

void AdminSocket::Loop() {
  ::pthread_setname_np(::pthread_self(), "um-admin");
  pollfd fds[] = {{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
  while (true) {
    if (::poll(fds, 2, -1) < 0 && errno != EINTR) return;
    if (fds[0].revents != 0) return;
    if (fds[1].revents != 0) Accept();
  }
}

void AdminSocket::Accept() {
  UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!connection.valid()) {
    pollfd stop{stop_.get(), POLLIN, 0};
    if (errno != EAGAIN && errno != ECONNABORTED) ::poll(&stop, 1, kPauseMs);
    return;
  }
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
  if (peer.uid != ::geteuid() && peer.uid != 0) {
    report_(absl::StrCat("administration refused to process ", peer.pid, " of user ", peer.uid));
    return;
  }
  absl::Status served = serve_(std::move(connection));
  if (!served.ok()) report_(absl::StrCat("administration: ", std::string(served.message())));
}

}  // namespace umsdk
