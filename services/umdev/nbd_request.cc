#include "services/umdev/nbd_request.h"

#include <cerrno>
#include <utility>

#include "services/umdev/nbd_library.h"

namespace umsdk::umdev {
namespace {

using Finish = std::function<void(int)>;

int Completed(void* finish, int* error) {
  (*static_cast<Finish*>(finish))(*error);
  return 1;  // the command is over for libnbd too
}

void Freed(void* finish) { delete static_cast<Finish*>(finish); }

// -1: not accepted; libnbd has freed the callback then.
int64_t Start(nbd_handle* handle, NbdRequest& request, nbd_completion_callback done) {
  switch (request.kind) {
    case NbdRequest::Kind::kRead:
      return Nbd().aio_pread(handle, request.data.data(), request.data.size(), request.offset, done,
                             0);
    case NbdRequest::Kind::kWrite:
      return Nbd().aio_pwrite(handle, request.data.data(), request.data.size(), request.offset,
                              done, 0);
    case NbdRequest::Kind::kZero:
      return Nbd().aio_zero(handle, request.length, request.offset, done, 0);
    case NbdRequest::Kind::kTrim:
      return Nbd().aio_trim(handle, request.length, request.offset, done, 0);
    case NbdRequest::Kind::kFlush:
      break;
  }
  return Nbd().aio_flush(handle, done, 0);
}

}  // namespace

void StartNbdRequest(nbd_handle* handle, NbdRequest& request, std::function<void(int)> finish) {
  nbd_completion_callback done;
  done.callback = Completed;
  done.user_data = new Finish(finish);
  done.free = Freed;
  if (Start(handle, request, done) >= 0) return;
  int error = Nbd().get_errno();
  finish(error != 0 ? error : EIO);
}

}  // namespace umsdk::umdev
