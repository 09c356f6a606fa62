#include "services/umdev/tap_port.h"

#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "sdk/base/all_signals_blocked.h"
#include "sdk/base/mutex.h"
#include "umsdk/waiting.h"

namespace umsdk::umdev {
namespace {

constexpr size_t kLongestFrame = 65536;
constexpr int kFramesAtOnce = 64;
constexpr std::chrono::milliseconds kLookAgain(50);
constexpr std::chrono::seconds kPatience(2);
// A switch without a free port never answers; one that has some does so within milliseconds.
constexpr std::chrono::seconds kLongestConnect(5);

enum class Phase { kIdle, kConnecting, kAbandoned, kAttached, kEnded };

}  // namespace

// Shared by the port and its thread. `link`, `frame`: the thread's alone.
struct TapPort::State {
  void Run();
  bool Step();
  void TryToConnect();
  bool FromGuest();
  void ToGuest();
  void Wake() const {
    const uint64_t one = 1;
    (void)!::write(wake.get(), &one, sizeof(one));
  }
  Phase PhaseNow() const {
    MutexLock lock(mutex);
    return phase;
  }

  UniqueFd socket, wake;
  Connect connect;
  std::function<void()> on_lost;
  std::unique_ptr<EthernetLink> link;
  std::array<char, sizeof(tun_pi) + kLongestFrame> frame = {};

  mutable Mutex mutex;
  CondVar changed;
  Phase phase UMSDK_GUARDED_BY(mutex) = Phase::kIdle;
  bool stopping UMSDK_GUARDED_BY(mutex) = false;
  bool packet_info UMSDK_GUARDED_BY(mutex) = false;
  Errno error UMSDK_GUARDED_BY(mutex) = Errno(0);
};

void TapPort::State::Run() {
  while (Step()) {
  }
  link.reset();
  MutexLock lock(mutex);
  phase = Phase::kEnded;
  changed.notify_all();
}

// Waits for something to do, and does it. False: the end.
bool TapPort::State::Step() {
  const short frames = link != nullptr || PhaseNow() == Phase::kAttached ? POLLIN : 0;
  pollfd fds[] = {{socket.get(), frames, 0},
                  {wake.get(), POLLIN, 0},
                  {link != nullptr ? link->data_fd() : -1, POLLIN, 0},
                  {link != nullptr ? link->end_fd() : -1, POLLIN, 0}};
  if (::poll(fds, std::size(fds), -1) < 0) return errno == EINTR;
  if (fds[1].revents != 0) {
    uint64_t count;
    (void)!::read(wake.get(), &count, sizeof(count));
    TryToConnect();
  }
  {
    MutexLock lock(mutex);
    if (stopping) return false;
  }
  const bool closed = (fds[0].revents & (POLLHUP | POLLERR)) != 0;
  if (frames != 0 && fds[0].revents != 0) {
    while (FromGuest() && closed) {  // what it wrote before the end goes out as well
    }
  }
  if (closed) return false;
  if (fds[2].revents != 0) ToGuest();
  if (fds[3].revents != 0) {
    link.reset();
    on_lost();
  }
  return true;
}

void TapPort::State::TryToConnect() {
  if (PhaseNow() != Phase::kConnecting) return;
  ErrnoOr<std::unique_ptr<EthernetLink>> made = connect();
  MutexLock lock(mutex);
  const bool wanted = phase == Phase::kConnecting && made.ok();
  error = made.error();
  phase = wanted ? Phase::kAttached : Phase::kIdle;
  if (wanted) link = *std::move(made);
  changed.notify_all();
}

// The guest's frames; without a link they are lost. True: there may be more.
bool TapPort::State::FromGuest() {
  bool with_info;
  {
    MutexLock lock(mutex);
    with_info = packet_info;
  }
  const size_t header = with_info ? sizeof(tun_pi) : 0;
  for (int i = 0; i < kFramesAtOnce; ++i) {
    const ssize_t size = ::recv(socket.get(), frame.data(), frame.size(), MSG_DONTWAIT);
    if (size < 0) return false;
    const auto length = static_cast<size_t>(size);
    if (link != nullptr && length >= header + sizeof(ether_header)) {
      link->Send({frame.data() + header, length - header});
    }
    if (length == 0) return false;  // an empty write, or the end: poll tells which
  }
  return true;
}

void TapPort::State::ToGuest() {
  bool with_info;
  {
    MutexLock lock(mutex);
    with_info = packet_info;
  }
  const size_t header = with_info ? sizeof(tun_pi) : 0;
  for (int i = 0; i < kFramesAtOnce; ++i) {
    const ssize_t size = link->Receive({frame.data() + header, kLongestFrame});
    if (size < static_cast<ssize_t>(sizeof(ether_header))) return;
    ether_header ethernet;
    std::memcpy(&ethernet, frame.data() + header, sizeof(ethernet));
    const tun_pi info = {.flags = 0, .proto = ethernet.ether_type};
    if (with_info) std::memcpy(frame.data(), &info, sizeof(info));
    // A guest that does not read loses frames, as with a full transmit queue.
    ::send(socket.get(), frame.data(), header + static_cast<size_t>(size),
           MSG_DONTWAIT | MSG_NOSIGNAL);
  }
}

ErrnoOr<std::unique_ptr<TapPort>> TapPort::Start(UniqueFd socket, Connect connect,
                                                 std::function<void()> on_lost) {
  auto state = std::make_shared<State>();
  state->socket = std::move(socket);
  state->wake.Reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  state->connect = std::move(connect);
  state->on_lost = std::move(on_lost);
  if (!state->wake.valid()) return Errno(ENFILE);
  AllSignalsBlocked blocked;
  try {
    std::thread([state] { state->Run(); }).detach();
  } catch (const std::system_error&) {
    return Errno(ENOMEM);
  }
  return std::unique_ptr<TapPort>(new TapPort(std::move(state)));
}

TapPort::~TapPort() {
  MutexLock lock(state_->mutex);
  state_->stopping = true;
  state_->Wake();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (state_->phase != Phase::kEnded) {
    if (state_->changed.wait_until(state_->mutex, deadline) == std::cv_status::timeout) return;
  }
}

ErrnoOrOk TapPort::Attach(bool packet_info) {
  MutexLock lock(state_->mutex);
  if (state_->phase == Phase::kAttached) return Errno(EEXIST);
  if (state_->phase != Phase::kIdle) return Errno(EBUSY);
  state_->phase = Phase::kConnecting;
  state_->packet_info = packet_info;
  state_->Wake();
  Waiting* waiting = Waiting::Current();
  if (waiting != nullptr) waiting->WillBlock();
  const auto deadline = std::chrono::steady_clock::now() + kLongestConnect;
  while (state_->phase == Phase::kConnecting) {
    state_->changed.wait_for(state_->mutex, kLookAgain);
    const bool late = std::chrono::steady_clock::now() >= deadline;
    const bool wanted = waiting != nullptr && (waiting->Interrupted() || waiting->Killed());
    if ((!late && !wanted) || state_->phase != Phase::kConnecting) continue;
    state_->phase = Phase::kAbandoned;
    return Errno(wanted ? EINTR : ETIMEDOUT);
  }
  return state_->phase == Phase::kAttached ? ErrnoOrOk() : ErrnoOrOk(state_->error);
}

bool TapPort::attached() const { return state_->PhaseNow() == Phase::kAttached; }

bool TapPort::Closed() const {
  pollfd end = {state_->socket.get(), 0, 0};
  return ::poll(&end, 1, 0) > 0 && (end.revents & POLLHUP) != 0;
}

}  // namespace umsdk::umdev
