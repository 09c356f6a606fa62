// An absl::Status that also says which errno a tool or a guest gets for it.
#ifndef SDK_BASE_ERRNO_STATUS_H_
#define SDK_BASE_ERRNO_STATUS_H_

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace umsdk {

inline constexpr char kErrnoPayload[] = "umsdk.errno";

// The code is the one that absl gives to the errno; `error` must not be 0.
inline absl::Status ErrnoStatus(int error, const std::string& message) {
  absl::Status status(absl::ErrnoToStatusCode(error), message);
  status.SetPayload(kErrnoPayload, absl::Cord(absl::StrCat(error)));
  return status;
}

// 0 for success; EIO for a failure that names no errno.
inline int ErrnoOf(const absl::Status& status) {
  if (status.ok()) return 0;
  auto payload = status.GetPayload(kErrnoPayload);
  int error = 0;
  if (payload.has_value() && absl::SimpleAtoi(std::string(*payload), &error) && error > 0) return error;
  return EIO;
}

}  // namespace umsdk

#endif  // SDK_BASE_ERRNO_STATUS_H_
