// um_events: what happens in a view, a line each, until it ends.
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "frontends/admin/tool.h"

namespace umsdk::frontends {
namespace {

namespace v1 = admin::v1;

// "service-added", of KIND_SERVICE_ADDED.
std::string KindText(v1::Event::Kind kind) {
  const std::string name = v1::Event::Kind_Name(kind);
  return absl::StrReplaceAll(absl::AsciiStrToLower(name.substr(name.find('_') + 1)), {{"_", "-"}});
}

// From -k; the first word that is no kind, "" when all are.
std::string ParseKinds(const std::string& text, v1::WatchEventsRequest& request) {
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ','))) {
    v1::Event::Kind kind;
    const std::string name = "KIND_" + absl::StrReplaceAll(absl::AsciiStrToUpper(word), {{"-", "_"}});
    if (!v1::Event::Kind_Parse(name, &kind) || kind == v1::Event::KIND_UNSPECIFIED) return word.empty() ? "''" : word;
    request.add_kinds(kind);
  }
  return "";
}

void Print(const v1::Event& event) {
  if (event.lost() > 0) std::printf("%llu events were lost\n", static_cast<unsigned long long>(event.lost()));
  const std::time_t seconds = event.time_ms() / 1000;
  std::tm local = {};
  char clock[16];
  std::strftime(clock, sizeof(clock), "%H:%M:%S", ::localtime_r(&seconds, &local));
  std::printf("%s %s%s%s%s%s\n", clock, KindText(event.kind()).c_str(), event.subject().empty() ? "" : " ",
              event.subject().c_str(), event.detail().empty() ? "" : " ", event.detail().c_str());
}

int Main(int argc, char** argv) {
  Tool tool({"um_events", "",
             "Tells what happens in a view, a line each, until the view ends: its services change, something is\n"
             "mounted or unmounted, its owner gets a notice.\n",
             {{'j', "json", nullptr, "a JSON object a line"},
              {'k', "kinds", "KIND,...",
               "only these: service-added, service-removed, service-moved, services-locked, mounted, unmounted, notice"}}});
  ToolWords words;
  if (!tool.Parse(argc, argv, words)) return tool.status();
  v1::WatchEventsRequest request;
  if (std::string wrong = words.has('k') ? ParseKinds(words.get('k'), request) : ""; !wrong.empty())
    return tool.Usage(wrong + " is no kind of event");
  if (!tool.Connect()) return tool.status();
  grpc::ClientContext context;
  auto stream = tool.view().WatchEvents(&context, request);
  for (v1::Event event; stream->Read(&event);) {
    if (!words.has('j')) Print(event);
    if (words.has('j') && tool.PrintJson(event) != kToolOk) return kToolFailed;
    if (std::fflush(stdout) != 0) return kToolFailed;
  }
  grpc::Status status = stream->Finish();
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ? kToolOk : tool.Finish(status);
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
