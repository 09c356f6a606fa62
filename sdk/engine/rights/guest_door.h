// GuestDoor: where guests that are made to do so connect to us, to give or to get a descriptor.
//
// For systems that refuse pidfd_getfd (Docker's default profile). The name is abstract: it lies in
// no file system, but only guests in our network namespace can reach it.
#ifndef SDK_ENGINE_RIGHTS_GUEST_DOOR_H_
#define SDK_ENGINE_RIGHTS_GUEST_DOOR_H_

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "sdk/base/unique_fd.h"

namespace umsdk {

// Thread-safe, but one guest at a time may be on its way.
class GuestDoor {
 public:
  struct Address {
    sockaddr_un name = {};
    socklen_t size = 0;
  };

  // How the guest's socket is made; it never waits.
  static constexpr int kDomain = AF_UNIX;
  static constexpr int kType = SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK;

  // Opens the door the first time.
  ErrnoOr<Address> Open() UMSDK_EXCLUDES(mutex_);
  // The connection of process `guest`, which has connected already. Sends strangers away.
  ErrnoOr<UniqueFd> Admit(pid_t guest) UMSDK_EXCLUDES(mutex_);

 private:
  ErrnoOrOk Listen() UMSDK_REQUIRES(mutex_);

  Mutex mutex_;
  UniqueFd socket_ UMSDK_GUARDED_BY(mutex_);
  Address address_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk

#endif  // SDK_ENGINE_RIGHTS_GUEST_DOOR_H_
