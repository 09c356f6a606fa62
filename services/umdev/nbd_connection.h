// NbdConnection: one connection to an NBD server, with a thread that speaks for all who use it.
#ifndef SERVICES_UMDEV_NBD_CONNECTION_H_
#define SERVICES_UMDEV_NBD_CONNECTION_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"
#include "services/umdev/nbd_request.h"

struct nbd_handle;

namespace umsdk::umdev {

// Where a server is: exactly one of the three.
struct NbdAddress {
  std::string uri;          // nbd://..., nbds://..., nbd+unix://...
  std::string unix_socket;  // a path
  std::string host, port;
};

// What the server said of its export.
struct NbdExport {
  uint64_t size = 0;
  uint64_t block = 1;  // requests must be multiples of it
  bool read_only = false;
  bool can_flush = false;
  bool can_trim = false;
  bool can_zero = false;
};

// Thread-safe.
class NbdConnection {
 public:
  // EINTR when `interrupted` says so first. ENOPKG: libnbd is not installed.
  static ErrnoOr<std::unique_ptr<NbdConnection>> Connect(const NbdAddress& address,
                                                         const std::function<bool()>& interrupted);
  ~NbdConnection();
  NbdConnection(const NbdConnection&) = delete;
  NbdConnection& operator=(const NbdConnection&) = delete;

  const NbdExport& facts() const { return facts_; }
  // Waits for the answer. EIO once the server is gone; EINTR when the guest that asks is dying.
  // What a read brought is in `request` afterwards.
  ErrnoOrOk Run(NbdRequest& request);

 private:
  struct Pending {
    NbdRequest request;
    bool done = false;
    Errno error{0};
  };
  using Handle = std::unique_ptr<nbd_handle, void (*)(nbd_handle*)>;

  NbdConnection(Handle handle, UniqueFd wake);
  void AskFacts();
  void Wake();
  void Loop();
  // False: the connection is over.
  bool Step();
  void Submit(const std::shared_ptr<Pending>& pending);
  void FailAll();
  void Finish(Pending& pending, Errno error);

  const Handle handle_;
  const UniqueFd wake_;
  NbdExport facts_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::shared_ptr<Pending>> queue_ UMSDK_GUARDED_BY(mutex_);
  // Those and what the server has not answered yet.
  std::map<const Pending*, std::shared_ptr<Pending>> unanswered_ UMSDK_GUARDED_BY(mutex_);
  bool stop_ UMSDK_GUARDED_BY(mutex_) = false;
  bool dead_ UMSDK_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_NBD_CONNECTION_H_
