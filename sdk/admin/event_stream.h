// SendEvents: a gRPC stream of what happens in a view.
#ifndef SDK_ADMIN_EVENT_STREAM_H_
#define SDK_ADMIN_EVENT_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <atomic>

#include "proto/umsdk/admin/v1/admin.grpc.pb.h"
#include "umsdk/administration.h"

namespace umsdk {

// Until the client has enough, or `ending`. Each stream has a thread of the server's all the time.
grpc::Status SendEvents(grpc::ServerContext& context, const admin::v1::WatchEventsRequest& request, ViewEvents& events,
                        const std::atomic<bool>& ending, grpc::ServerWriter<admin::v1::Event>& writer);

}  // namespace umsdk

#endif  // SDK_ADMIN_EVENT_STREAM_H_
