// UMSDK_RETURN_IF_ERROR and UMSDK_ASSIGN_OR_RETURN, with the semantics of Abseil's later macros.
#ifndef SDK_BASE_STATUS_MACROS_H_
#define SDK_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define UMSDK_STATUS_CONCAT_(a, b) a##b
#define UMSDK_STATUS_CONCAT(a, b) UMSDK_STATUS_CONCAT_(a, b)

#define UMSDK_RETURN_IF_ERROR(expr)                                        \
  do {                                                                     \
    if (absl::Status umsdk_status = (expr); !umsdk_status.ok()) {          \
      return umsdk_status;                                                 \
    }                                                                      \
  } while (false)

#define UMSDK_ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                                \
  if (!tmp.ok()) return tmp.status();               \
  lhs = *std::move(tmp)
#define UMSDK_ASSIGN_OR_RETURN(lhs, expr) \
  UMSDK_ASSIGN_OR_RETURN_IMPL(UMSDK_STATUS_CONCAT(umsdk_status_or_, __LINE__), lhs, expr)

#endif  // SDK_BASE_STATUS_MACROS_H_
