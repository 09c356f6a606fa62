#include "sdk/admin/event_stream.h"

#include <algorithm>
#include <chrono>
#include <optional>

namespace umsdk {
namespace {

namespace v1 = admin::v1;
constexpr std::chrono::milliseconds kLook(100);  // whether the client, or the view, is still there

v1::Event ToProto(const ViewEvent& event) {
  v1::Event out;
  out.set_kind(static_cast<v1::Event::Kind>(event.kind));
  out.set_time_ms(std::chrono::duration_cast<std::chrono::milliseconds>(event.time.time_since_epoch()).count());
  out.set_subject(event.subject);
  out.set_detail(event.detail);
  out.set_lost(event.lost);
  return out;
}

bool IsWanted(const v1::WatchEventsRequest& request, const v1::Event& event) {
  return request.kinds().empty() || event.lost() > 0 ||
         std::find(request.kinds().begin(), request.kinds().end(), event.kind()) != request.kinds().end();
}

}  // namespace

grpc::Status SendEvents(grpc::ServerContext& context, const v1::WatchEventsRequest& request, ViewEvents& events,
                        const std::atomic<bool>& ending, grpc::ServerWriter<v1::Event>& writer) {
  writer.SendInitialMetadata();  // the client knows now that it misses nothing from here on
  while (!context.IsCancelled() && !ending) {
    std::optional<ViewEvent> event = events.Next(kLook);
    if (!event.has_value()) continue;
    const v1::Event out = ToProto(*event);
    if (IsWanted(request, out) && !writer.Write(out)) break;
  }
  return grpc::Status::OK;
}

}  // namespace umsdk
