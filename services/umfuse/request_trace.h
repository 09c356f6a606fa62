// The option debug: a line for each request and its answer.
#ifndef SERVICES_UMFUSE_REQUEST_TRACE_H_
#define SERVICES_UMFUSE_REQUEST_TRACE_H_

#include <optional>
#include <string>

#include "sdk/base/errno.h"
#include "services/umfuse/protocol/wire.h"

namespace umsdk::umfuse {

// "LOOKUP 1 lost+found: 144 bytes". `answer`: how long its body was; nullopt: nobody waits for one.
std::string DescribeRequest(const Request& request, std::optional<ErrnoOr<size_t>> answer);

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_REQUEST_TRACE_H_
