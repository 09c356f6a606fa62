#include "services/umdev/nbd_library.h"

#include <dlfcn.h>

#include <optional>

namespace umsdk::umdev {
namespace {

class Resolver {
 public:
  explicit Resolver(void* library) : library_(library) {}
  template <typename Function>
  void Find(const char* name, Function& out) {
    out = reinterpret_cast<Function>(::dlsym(library_, name));
    if (out == nullptr) complete_ = false;
  }
  bool complete() const { return complete_; }

 private:
  void* const library_;
  bool complete_ = true;
};

std::optional<NbdLibrary> Load() {
  void* library = ::dlopen("libnbd.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  Resolver find(library);
  NbdLibrary nbd = {};
  find.Find("nbd_create", nbd.create);
  find.Find("nbd_close", nbd.close);
  find.Find("nbd_get_errno", nbd.get_errno);
  find.Find("nbd_aio_connect_uri", nbd.aio_connect_uri);
  find.Find("nbd_aio_connect_unix", nbd.aio_connect_unix);
  find.Find("nbd_aio_connect_tcp", nbd.aio_connect_tcp);
  find.Find("nbd_aio_disconnect", nbd.aio_disconnect);
  find.Find("nbd_aio_get_fd", nbd.aio_get_fd);
  find.Find("nbd_aio_get_direction", nbd.aio_get_direction);
  find.Find("nbd_aio_notify_read", nbd.aio_notify_read);
  find.Find("nbd_aio_notify_write", nbd.aio_notify_write);
  find.Find("nbd_aio_is_ready", nbd.aio_is_ready);
  find.Find("nbd_aio_is_dead", nbd.aio_is_dead);
  find.Find("nbd_aio_is_closed", nbd.aio_is_closed);
  find.Find("nbd_get_size", nbd.get_size);
  find.Find("nbd_get_block_size", nbd.get_block_size);
  find.Find("nbd_is_read_only", nbd.is_read_only);
  find.Find("nbd_can_flush", nbd.can_flush);
  find.Find("nbd_can_trim", nbd.can_trim);
  find.Find("nbd_can_zero", nbd.can_zero);
  find.Find("nbd_aio_pread", nbd.aio_pread);
  find.Find("nbd_aio_pwrite", nbd.aio_pwrite);
  find.Find("nbd_aio_zero", nbd.aio_zero);
  find.Find("nbd_aio_trim", nbd.aio_trim);
  find.Find("nbd_aio_flush", nbd.aio_flush);
  if (!find.complete()) return std::nullopt;
  return nbd;
}

}  // namespace

const NbdLibrary* LoadNbdLibrary() {
  static const std::optional<NbdLibrary> library = Load();
  return library.has_value() ? &*library : nullptr;
}

}  // namespace umsdk::umdev
