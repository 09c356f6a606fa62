// NbdRequest: one request to an NBD server.
#ifndef SERVICES_UMDEV_NBD_REQUEST_H_
#define SERVICES_UMDEV_NBD_REQUEST_H_

#include <cstdint>
#include <functional>
#include <vector>

struct nbd_handle;

namespace umsdk::umdev {

// The buffer is the request's own: who waited for it may be gone before the server answers.
struct NbdRequest {
  enum class Kind { kRead, kWrite, kZero, kTrim, kFlush };
  Kind kind = Kind::kFlush;
  uint64_t offset = 0;
  uint64_t length = 0;
  std::vector<char> data = {};
};

// Hands the request to libnbd. `finish` gets 0 or an errno of libnbd's once, now or later, on a
// thread that serves the handle; until then `request` must stay where it is.
void StartNbdRequest(nbd_handle* handle, NbdRequest& request, std::function<void(int)> finish);

}  // namespace umsdk::umdev

#endif  // SERVICES_UMDEV_NBD_REQUEST_H_
