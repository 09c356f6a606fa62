#include "services/umfuse/protocol/fuse_conn.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace umsdk::umfuse {
namespace {

constexpr uint32_t kPage = 4096;
constexpr uint32_t kMostData = 1 << 20;
constexpr uint32_t kSpare = 2 * kPage;  // headers, names, and the kernel's own of a message
constexpr std::chrono::milliseconds kHungLimit(100);

uint32_t MaxData(int socket) {
  int size = 0;
  socklen_t length = sizeof(size);
  ::getsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, &length);
  uint32_t room = static_cast<uint32_t>(std::max(size, 0));
  return std::clamp((room > kSpare ? room - kSpare : 0) / kPage * kPage, kPage, kMostData);
}

}  // namespace

FuseConn::FuseConn(UniqueFd socket, uint32_t max_read)
    : socket_(std::move(socket)), mount_max_read_(max_read), max_data_(MaxData(socket_.get())) {
  timeval tick = {0, std::chrono::microseconds(Patience::kTick).count()};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
  spill_.resize(max_data_ + kSpare);
}

FuseConn::~FuseConn() { Abort(); }

void FuseConn::SetListener(ConnListener* listener) {
  MutexLock lock(listener_mutex_);
  listener_ = listener;
}

std::chrono::milliseconds FuseConn::OwnLimit() const {
  return hung_ ? kHungLimit : own_limit_.load();
}

// ---- requests ----

uint64_t FuseConn::Expect(const Request& request, Pending* pending) {
  MutexLock lock(mutex_);
  uint64_t unique = next_unique_;
  next_unique_ += 2;
  const std::span<const char> argument = request.kept_argument();
  awaited_[unique] = {pending, request.opcode(), request.node(), request.others(),
                      std::string(argument.begin(), argument.end()), false};
  return unique;
}

void FuseConn::Start() {
  fuse_init_in init = MakeInit(max_data_);
  Request request(FUSE_INIT, 0);
  request.AddStruct(init);
  int on = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
  init_.out = init_reply_;
  init_unique_ = Expect(request, &init_);
  Patience patience(own_limit_.load());
  if (!Send(request, Sender(), init_unique_, patience).ok()) Abort();
}

ErrnoOr<Session> FuseConn::Ready() {
  if (dead_) return Errno(ENOTCONN);
  Patience patience(OwnLimit());
  ErrnoOr<size_t> got = Await(init_unique_, init_, patience);
  if (!got.ok() && got.error() == Errno(ECONNABORTED)) return Errno(ENOTCONN);
  if (!got.ok() && patience.error() != Errno(0)) return got.error();
  ErrnoOr<Session> session(Errno(ECONNREFUSED));
  if (got.ok()) session = ReadInit({init_reply_, *got}, max_data_, mount_max_read_);
  if (session.ok()) return session;
  refused_ = true;
  return Errno(ECONNREFUSED);
}

ErrnoOr<size_t> FuseConn::Call(const Request& request, const Sender& sender, std::span<char> out) {
  ErrnoOr<size_t> answer = Exchange(request, sender, out);
  if (trace_) trace_(request, answer);
  return answer;
}

ErrnoOr<size_t> FuseConn::Exchange(const Request& request, const Sender& sender,
                                   std::span<char> out) {
  if (dead_) return Errno(ENOTCONN);
  if (refused_) return Errno(ECONNREFUSED);
  busy_ = true;
  Patience patience(OwnLimit());
  Pending mine;
  mine.out = out;
  uint64_t unique = Expect(request, &mine);
  if (ErrnoOrOk sent = Send(request, sender, unique, patience); !sent.ok()) {
    Abandon(unique);
    return sent.error();
  }
  return Await(unique, mine, patience);
}

uint64_t FuseConn::Post(const Request& request, const Sender& sender, bool answered) {
  if (dead_) return 0;
  busy_ = true;
  constexpr std::chrono::milliseconds kPostLimit(1000);
  Patience patience(std::min(OwnLimit(), kPostLimit));
  if (trace_) trace_(request, std::nullopt);
  uint64_t unique = Expect(request, nullptr);
  ErrnoOrOk sent = Send(request, sender, unique, patience);
  if (sent.ok() && answered) return unique;
  MutexLock lock(mutex_);
  awaited_.erase(unique);
  return sent.ok() ? unique : 0;
}

bool FuseConn::Awaits(uint64_t unique) {
  MutexLock lock(mutex_);
  return awaited_.contains(unique);
}

bool FuseConn::AwaitsOn(uint64_t node) {
  MutexLock lock(mutex_);
  return std::any_of(awaited_.begin(), awaited_.end(), [node](const auto& entry) {
    const Awaited& awaited = entry.second;
    bool concerned = awaited.node == node || std::ranges::find(awaited.others, node) != awaited.others.end();
    return concerned && awaited.opcode != FUSE_FORGET;
  });
}

void FuseConn::PostReply(uint64_t unique, const Request& request) {
  Patience patience(kHungLimit);
  (void)Send(request, Sender(), unique, patience);
}

ErrnoOrOk FuseConn::Send(const Request& request, const Sender& sender, uint64_t unique,
                         Patience& patience) {
  fuse_in_header header = {};
  header.len = static_cast<uint32_t>(request.size());
  header.opcode = request.opcode();
  header.unique = unique;
  header.nodeid = request.node();
  header.uid = sender.uid;
  header.gid = sender.gid;
  header.pid = sender.pid;
  iovec parts[1 + Request::kMaxParts] = {{&header, sizeof(header)}};
  size_t count = 1;
  for (const std::span<const char>& part : request.parts()) {
    parts[count++] = {const_cast<char*>(part.data()), part.size()};
  }
  msghdr message = {};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  while (::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
    if (errno == EMSGSIZE) return Errno(E2BIG);
    if (errno != EAGAIN) {
      Abort();
      return Errno(ENOTCONN);
    }
    UMSDK_RETURN_IF_ERRNO(WaitForRoom(patience));
  }
  return {};
}

// The daemon may be unable to read because its own writes find no room: they are read meanwhile.
ErrnoOrOk FuseConn::WaitForRoom(Patience& patience) {
  if (TryLead()) {
    bool came = ReceiveOne(nullptr, 0, false);
    EndLead(true);
    if (!came) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  } else {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (dead_) return Errno(ENOTCONN);
  return patience.Ask() == Patience::Advice::kGiveUp ? ErrnoOrOk(patience.error()) : ErrnoOrOk();
}

// ---- waiting ----

bool FuseConn::Finished(const Pending& pending) {
  MutexLock lock(mutex_);
  return pending.done || dead_;
}

bool FuseConn::TryLead() {
  MutexLock lock(mutex_);
  if (leading_) return false;
  return leading_ = true;
}

void FuseConn::EndLead(bool hand_on) {
  MutexLock lock(mutex_);
  leading_ = false;
  if (!hand_on) return;
  for (auto& [unique, awaited] : awaited_) {
    if (awaited.pending == nullptr || awaited.pending->done) continue;
    awaited.pending->wake.notify_all();
    return;
  }
}

void FuseConn::WaitForTurn(Pending& mine) {
  MutexLock lock(mutex_);
  if (!mine.done && leading_ && !dead_) mine.wake.wait_for(mutex_, Patience::kTick);
}

ErrnoOr<size_t> FuseConn::Await(uint64_t unique, Pending& mine, Patience& patience) {
  while (!Finished(mine)) {
    if (TryLead()) {
      // The leader before may have brought the answer, which a packet read now would overwrite.
      if (!Finished(mine)) ReceiveOne(&mine, unique, true);
      EndLead(Finished(mine));
    } else {
      WaitForTurn(mine);
    }
    Patience::Advice advice = patience.Ask();
    if (advice == Patience::Advice::kInterrupt) SendInterrupt(unique);
    if (advice != Patience::Advice::kGiveUp || Finished(mine)) continue;
    if (patience.error() == Errno(ETIMEDOUT)) hung_ = true;
    // What the daemon would hand to the dead is for somebody else.
    if (patience.error() == Errno(EINTR) && !patience.interrupted()) SendInterrupt(unique);
    if (&mine != &init_) Abandon(unique);
    return patience.error();
  }
  MutexLock lock(mutex_);
  if (!mine.done) {
    if (&mine != &init_) awaited_.erase(unique);  // it ends here, and no answer can come any more
    return Errno(ECONNABORTED);
  }
  if (mine.error != Errno(0)) return mine.error;
  return mine.got;
}

void FuseConn::SendInterrupt(uint64_t unique) {
  fuse_interrupt_in interrupt = {unique};
  Request request(FUSE_INTERRUPT, 0);
  request.AddStruct(interrupt);
  Patience patience(kHungLimit);
  (void)Send(request, Sender(), unique | 1, patience);
}

// The number stays taken until its late reply.
void FuseConn::Abandon(uint64_t unique) {
  MutexLock lock(mutex_);
  auto it = awaited_.find(unique);
  if (it == awaited_.end()) return;
  it->second.pending = nullptr;
  it->second.abandoned = true;
}

}  // namespace umsdk::umfuse
