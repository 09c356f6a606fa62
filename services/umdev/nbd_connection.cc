#include "services/umdev/nbd_connection.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "sdk/base/all_signals_blocked.h"
#include "services/umdev/nbd_library.h"
#include "umsdk/waiting.h"

namespace umsdk::umdev {
namespace {

using Clock = std::chrono::steady_clock;
// How often a waiting call looks whether its guest is dying.
constexpr std::chrono::milliseconds kLook(20);
// How long one waits of whom nobody knows whether it is dying.
constexpr std::chrono::seconds kPatience(30);

// What a block device may answer; the rest is between us and the server.
Errno ToGuest(int error) {
  return error == ENOSPC || error == EPERM || error == EINVAL || error == ENOMEM ? Errno(error)
                                                                                 : Errno(EIO);
}

int StartConnect(nbd_handle* handle, const NbdAddress& address) {
  if (!address.uri.empty()) return Nbd().aio_connect_uri(handle, address.uri.c_str());
  if (!address.unix_socket.empty()) {
    return Nbd().aio_connect_unix(handle, address.unix_socket.c_str());
  }
  return Nbd().aio_connect_tcp(handle, address.host.c_str(), address.port.c_str());
}

short EventsOf(nbd_handle* handle) {
  unsigned direction = Nbd().aio_get_direction(handle);
  short events = 0;
  if ((direction & LIBNBD_AIO_DIRECTION_READ) != 0) events |= POLLIN;
  if ((direction & LIBNBD_AIO_DIRECTION_WRITE) != 0) events |= POLLOUT;
  return events;
}

bool Serve(nbd_handle* handle, short happened) {
  unsigned direction = Nbd().aio_get_direction(handle);
  if ((happened & (POLLIN | POLLHUP | POLLERR)) != 0 &&
      (direction & LIBNBD_AIO_DIRECTION_READ) != 0) {
    return Nbd().aio_notify_read(handle) == 0;
  }
  if ((happened & POLLOUT) != 0 && (direction & LIBNBD_AIO_DIRECTION_WRITE) != 0) {
    return Nbd().aio_notify_write(handle) == 0;
  }
  return (happened & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

bool IsOver(nbd_handle* handle) {
  return Nbd().aio_is_dead(handle) == 1 || Nbd().aio_is_closed(handle) == 1;
}

ErrnoOrOk AwaitReady(nbd_handle* handle, const std::function<bool()>& interrupted) {
  while (Nbd().aio_is_ready(handle) == 0) {
    if (interrupted()) return Errno(EINTR);
    if (IsOver(handle)) return Errno(ECONNREFUSED);
    pollfd event{Nbd().aio_get_fd(handle), EventsOf(handle), 0};
    if (::poll(&event, 1, static_cast<int>(kLook.count())) > 0 && !Serve(handle, event.revents)) {
      return Errno(Nbd().get_errno() != 0 ? Nbd().get_errno() : ECONNREFUSED);
    }
  }
  return {};
}

}  // namespace

NbdConnection::NbdConnection(Handle handle, UniqueFd wake)
    : handle_(std::move(handle)), wake_(std::move(wake)) {}

ErrnoOr<std::unique_ptr<NbdConnection>> NbdConnection::Connect(
    const NbdAddress& address, const std::function<bool()>& interrupted) {
  if (LoadNbdLibrary() == nullptr) return Errno(ENOPKG);
  Handle handle(Nbd().create(), Nbd().close);
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!handle || !wake.valid()) return Errno(ENOMEM);
  ErrnoOrOk connected = Errno(EIO);
  if (StartConnect(handle.get(), address) == 0) {
    connected = AwaitReady(handle.get(), interrupted);
  } else if (Nbd().get_errno() != 0) {
    connected = Errno(Nbd().get_errno());
  }
  if (!connected.ok()) return connected.error();
  std::unique_ptr<NbdConnection> connection(new NbdConnection(std::move(handle), std::move(wake)));
  connection->AskFacts();
  AllSignalsBlocked blocked;
  try {
    connection->thread_ = std::thread([raw = connection.get()] { raw->Loop(); });
  } catch (const std::system_error&) {  // guests may have used up what their user may have
    return Errno(EAGAIN);
  }
  return connection;
}

void NbdConnection::AskFacts() {
  nbd_handle* handle = handle_.get();
  facts_.size = static_cast<uint64_t>(std::max<int64_t>(0, Nbd().get_size(handle)));
  facts_.block = static_cast<uint64_t>(
      std::max<int64_t>(1, Nbd().get_block_size(handle, LIBNBD_SIZE_MINIMUM)));
  facts_.read_only = Nbd().is_read_only(handle) == 1;
  facts_.can_flush = Nbd().can_flush(handle) == 1;
  facts_.can_trim = Nbd().can_trim(handle) == 1;
  facts_.can_zero = Nbd().can_zero(handle) == 1;
}

NbdConnection::~NbdConnection() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
  }
  Wake();
  if (thread_.joinable()) thread_.join();
}

void NbdConnection::Wake() {
  uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof(one));
}

ErrnoOrOk NbdConnection::Run(NbdRequest& request) {
  auto pending = std::make_shared<Pending>();
  pending->request = std::move(request);
  Waiting* waiting = Waiting::Current();
  if (waiting != nullptr) waiting->WillBlock();
  const auto give_up = waiting != nullptr ? waiting->GiveUpAt() : Clock::now() + kPatience;
  MutexLock lock(mutex_);
  if (dead_) return Errno(EIO);
  queue_.push_back(pending);
  unanswered_[pending.get()] = pending;
  Wake();
  while (!pending->done) {
    changed_.wait_for(mutex_, kLook);
    if (pending->done) break;
    if (waiting != nullptr && waiting->Killed()) return Errno(EINTR);
    if (Clock::now() >= give_up) return Errno(EIO);
  }
  request = std::move(pending->request);
  return pending->error;
}

void NbdConnection::Finish(Pending& pending, Errno error) {
  MutexLock lock(mutex_);
  pending.error = error;
  pending.done = true;
  unanswered_.erase(&pending);
  changed_.notify_all();
}

void NbdConnection::Submit(const std::shared_ptr<Pending>& pending) {
  auto finish = [this, pending](int error) {
    Finish(*pending, error == 0 ? Errno(0) : ToGuest(error));
  };
  StartNbdRequest(handle_.get(), pending->request, std::move(finish));
}

bool NbdConnection::Step() {
  std::deque<std::shared_ptr<Pending>> fresh;
  {
    MutexLock lock(mutex_);
    if (stop_) return false;
    fresh.swap(queue_);
  }
  for (const auto& pending : fresh) Submit(pending);
  if (IsOver(handle_.get())) return false;
  pollfd events[2] = {{Nbd().aio_get_fd(handle_.get()), EventsOf(handle_.get()), 0},
                      {wake_.get(), POLLIN, 0}};
  if (::poll(events, 2, -1) <= 0) return true;
  uint64_t count;
  if (events[1].revents != 0) (void)!::read(wake_.get(), &count, sizeof(count));
  return events[0].revents == 0 || Serve(handle_.get(), events[0].revents);
}

void NbdConnection::FailAll() {
  MutexLock lock(mutex_);
  dead_ = true;
  queue_.clear();
  for (const auto& [key, pending] : unanswered_) {
    pending->error = Errno(EIO);
    pending->done = true;
  }
  unanswered_.clear();
  changed_.notify_all();
}

void NbdConnection::Loop() {
  while (Step()) {
  }
  FailAll();
  if (Nbd().aio_is_ready(handle_.get()) == 1) (void)Nbd().aio_disconnect(handle_.get(), 0);
}

}  // namespace umsdk::umdev
