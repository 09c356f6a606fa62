// NbdLibrary: libnbd, loaded when the first disk wants it: with what it needs in turn it would more
// than double the libraries that every start of umview maps.
#ifndef SERVICES_UMDEV_NBD_LIBRARY_H_
#define SERVICES_UMDEV_NBD_LIBRARY_H_

#include <libnbd.h>

namespace umsdk::umdev {

// The functions of libnbd that are used, without their nbd_.
struct NbdLibrary {
  decltype(&::nbd_create) create;
  decltype(&::nbd_close) close;
  decltype(&::nbd_get_errno) get_errno;
  decltype(&::nbd_aio_connect_uri) aio_connect_uri;
  decltype(&::nbd_aio_connect_unix) aio_connect_unix;
  decltype(&::nbd_aio_connect_tcp) aio_connect_tcp;
  decltype(&::nbd_aio_disconnect) aio_disconnect;
  decltype(&::nbd_aio_get_fd) aio_get_fd;
  decltype(&::nbd_aio_get_direction) aio_get_direction;
  decltype(&::nbd_aio_notify_read) aio_notify_read;
  decltype(&::nbd_aio_notify_write) aio_notify_write;
  decltype(&::nbd_aio_is_ready) aio_is_ready;
  decltype(&::nbd_aio_is_dead) aio_is_dead;
  decltype(&::nbd_aio_is_closed) aio_is_closed;
  decltype(&::nbd_get_size) get_size;
  decltype(&::nbd_get_block_size) get_block_size;
  decltype(&::nbd_is_read_only) is_read_only;
  decltype(&::nbd_can_flush) can_flush;
  decltype(&::nbd_can_trim) can_trim;
  decltype(&::nbd_can_zero) can_zero;
  decltype(&::nbd_aio_pread) aio_pread;
  decltype(&::nbd_aio_pwrite) aio_pwrite;
  decltype(&::nbd_aio_zero) aio_zero;
  decltype(&::nbd_aio_trim) aio_trim;
  decltype(&::nbd_aio_flush) aio_flush;
};

// nullptr: it is not installed. Once loaded it stays. Thread-safe.
const NbdLibrary* LoadNbdLibrary();
// For who knows that it is loaded.
inline const NbdLibrary& Nbd() { return *LoadNbdLibrary(); }

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_NBD_LIBRARY_H_
