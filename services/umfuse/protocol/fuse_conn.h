// FuseConn: the kernel's side of one FUSE mount, over a SOCK_SEQPACKET socket to the daemon.
//
// There is no thread of its own: one of the callers that wait reads the socket for all of them
// (leader/follower). What comes while nobody waits is read by the service (ReadIdle).
#ifndef SERVICES_UMFUSE_PROTOCOL_FUSE_CONN_H_
#define SERVICES_UMFUSE_PROTOCOL_FUSE_CONN_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "services/umfuse/protocol/negotiation.h"
#include "services/umfuse/protocol/patience.h"
#include "services/umfuse/protocol/reply_assembler.h"
#include "services/umfuse/protocol/wire.h"

namespace umsdk::umfuse {

// The answer to a request whose caller has given up, or to a POLL that nobody waits for.
struct LateReply {
  uint32_t opcode = 0;
  uint64_t node = 0;
  std::span<const char> argument;  // Request::KeepArgument
  Errno error = Errno(0);          // of a POLL; others that failed are not told
};

// Hears of what a daemon sends unasked. Called without locks, by whatever thread reads.
class ConnListener {
 public:
  virtual ~ConnListener() = default;
  virtual void OnNotification(int code, std::span<const char> body) = 0;
  // What the answer gives must be given back.
  virtual void OnLateReply(const LateReply& late, std::span<const char> body) = 0;
  // An answer that nobody waited for has come: AwaitsOn may have changed.
  virtual void OnAnswered() = 0;
  // There is no daemon any more. May come more than once.
  virtual void OnGone() = 0;
};

// Thread-safe. Errors of Call(): what the daemon answered; ENOTCONN once it is gone, ECONNABORTED
// when it goes before it answers; ECONNREFUSED when its answer to INIT was not of use; EIO for a
// reply that makes no sense; EINTR when the guest was killed; ETIMEDOUT for the SDK's own threads.
class FuseConn {
 public:
  // `socket`: our end. `max_read`: the mount option, 0 if not given.
  FuseConn(UniqueFd socket, uint32_t max_read);
  ~FuseConn();
  FuseConn(const FuseConn&) = delete;
  FuseConn& operator=(const FuseConn&) = delete;

  // Without one, notifications are dropped. The old one is not called any more after the return.
  void SetListener(ConnListener* listener);
  // Sends INIT; the answer is read by whoever comes first.
  void Start();
  // Waits for the answer to INIT.
  ErrnoOr<Session> Ready();
  // A request and its answer's body, at most out.size() bytes; how many.
  ErrnoOr<size_t> Call(const Request& request, const Sender& sender, std::span<char> out);
  // A request whose answer nobody wants, or that has none (`answered` false).
  // Its number for Awaits; 0 when it could not be sent.
  uint64_t Post(const Request& request, const Sender& sender, bool answered);
  // The answer to that number has not come.
  bool Awaits(uint64_t unique);
  // A request about the node is with the daemon: it must not hear of the node's FORGET before it has
  // answered, since its threads may take messages in another order.
  bool AwaitsOn(uint64_t node);
  // The answer to a notification that the daemon numbered itself (RETRIEVE).
  void PostReply(uint64_t unique, const Request& request);

  // Reads what has come, unless a caller is reading. False: the daemon is gone.
  bool ReadIdle();
  // Notifications must be read as they come: somebody may wait for one elsewhere.
  void SetEager(bool eager) { eager_ = eager; }
  bool eager() const { return eager_; }
  // True when requests were made since the last call of this function.
  bool TakeBusy() { return busy_.exchange(false); }
  // The daemon is gone, or will not be asked any more: all callers get ENOTCONN at once.
  void Abort();
  bool dead() const { return dead_; }
  int fd() const { return socket_.get(); }
  // The process that answered INIT, 0 before.
  pid_t daemon() const { return daemon_; }

  // Hears of each request of Call() and Post(), and of the answer to it. Set it before Start().
  using Trace = std::function<void(const Request& request, std::optional<ErrnoOr<size_t>> answer)>;
  void SetTrace(Trace trace) { trace_ = std::move(trace); }
  // How long threads of the SDK's own wait.
  void SetOwnLimit(std::chrono::milliseconds limit) { own_limit_ = limit; }

 private:
  struct Pending {
    std::span<char> out;
    size_t got = 0;
    Errno error = Errno(0);
    bool done = false;
    CondVar wake;
  };
  struct Awaited {
    Pending* pending = nullptr;  // null: nobody waits (any more)
    uint32_t opcode = 0;
    uint64_t node = 0;
    Request::Others others = {};
    std::string argument = {};
    bool abandoned = false;  // somebody did
  };

  ErrnoOr<size_t> Exchange(const Request& request, const Sender& sender, std::span<char> out);
  uint64_t Expect(const Request& request, Pending* pending);
  ErrnoOrOk Send(const Request& request, const Sender& sender, uint64_t unique, Patience& patience);
  ErrnoOrOk WaitForRoom(Patience& patience);
  ErrnoOr<size_t> Await(uint64_t unique, Pending& mine, Patience& patience);
  void SendInterrupt(uint64_t unique);
  void Abandon(uint64_t unique);
  bool Finished(const Pending& pending);
  bool TryLead();
  void EndLead(bool hand_on);
  void WaitForTurn(Pending& mine);
  // One packet; `mine` may be null. False: nothing came.
  bool ReceiveOne(Pending* mine, uint64_t unique, bool wait);
  void Dispatch(std::span<const char> packet);
  void Deliver(uint64_t unique, Errno error, std::span<const char> body);
  void DeliverLate(uint64_t unique, const Awaited& late, Errno error, std::span<const char> body);
  void Complete(Pending& pending, Errno error, size_t got) UMSDK_REQUIRES(mutex_);
  void Strike();
  std::chrono::milliseconds OwnLimit() const;

  Trace trace_;
  const UniqueFd socket_;
  const uint32_t mount_max_read_;
  uint32_t max_data_ = 0;  // bytes of data that fit into a message, either way
  std::atomic<std::chrono::milliseconds> own_limit_{std::chrono::seconds(10)};
  std::atomic<bool> dead_{false};
  std::atomic<bool> refused_{false};  // there is no session
  std::atomic<bool> busy_{false};
  std::atomic<bool> eager_{false};
  std::atomic<bool> hung_{false};  // a thread of our own waited in vain; nothing has come since
  std::atomic<pid_t> daemon_{0};
  Mutex listener_mutex_;  // held while the listener is called; taken before mutex_
  ConnListener* listener_ UMSDK_GUARDED_BY(listener_mutex_) = nullptr;

  Mutex mutex_;
  bool leading_ UMSDK_GUARDED_BY(mutex_) = false;
  uint64_t next_unique_ UMSDK_GUARDED_BY(mutex_) = 2;  // even: odd ones are INTERRUPTs
  std::unordered_map<uint64_t, Awaited> awaited_ UMSDK_GUARDED_BY(mutex_);
  // The INIT exchange; awaited by the first callers.
  Pending init_;
  uint64_t init_unique_ = 0;
  char init_reply_[sizeof(fuse_init_out)] = {};

  // The leader's own.
  ReplyAssembler assembler_;
  bool assembling_ = false;
  std::vector<char> spill_, packet_;
  int strikes_ = 0;
};

// A pair of channel ends with buffers as large as the system allows. The first is ours.
ErrnoOr<std::pair<UniqueFd, UniqueFd>> MakeChannel();

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROTOCOL_FUSE_CONN_H_
