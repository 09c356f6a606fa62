// TapPort: the wire between a guest's end of a socket pair and an EthernetLink, and the thread that
// moves frames along it. It ends by itself when the guest closes its end.
#ifndef SERVICES_UMDEV_TAP_PORT_H_
#define SERVICES_UMDEV_TAP_PORT_H_

#include <functional>
#include <memory>
#include <string>

#include "sdk/base/errno.h"
#include "sdk/base/unique_fd.h"
#include "services/umdev/ethernet_link.h"

namespace umsdk::umdev {

// Thread-safe.
class TapPort {
 public:
  // Makes the link, in the port's thread; it may take long.
  using Connect = std::function<ErrnoOr<std::unique_ptr<EthernetLink>>()>;

  // `socket`: our end, a SOCK_SEQPACKET. `on_lost` is called from the thread once the other end of
  // the link has gone; what the guest writes is lost from then on. ENOMEM: no thread.
  static ErrnoOr<std::unique_ptr<TapPort>> Start(UniqueFd socket, Connect connect,
                                                 std::function<void()> on_lost);
  // Waits for the thread, but not for a Connect that does not return: its thread is left behind.
  ~TapPort();
  TapPort(const TapPort&) = delete;
  TapPort& operator=(const TapPort&) = delete;

  // Connects, once. `packet_info`: the guest's frames begin with a struct tun_pi. EEXIST: connected
  // already; EBUSY: somebody is at it; EINTR: the waiting guest has a signal; ETIMEDOUT: no answer.
  ErrnoOrOk Attach(bool packet_info);
  bool attached() const;
  // The guest has closed its end.
  bool Closed() const;

 private:
  struct State;
  explicit TapPort(std::shared_ptr<State> state) : state_(std::move(state)) {}

  const std::shared_ptr<State> state_;
};

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_TAP_PORT_H_
