// um_del_service: removes a service from the view.
#include "frontends/admin/tool.h"

namespace umsdk::frontends {
namespace {

int Main(int argc, char** argv) {
  Tool tool({"um_del_service", "[NAME]",
             "Removes a service from the view, by its position, its code or its name.\n\n"
             "  um_del_service -p 1\n"
             "  um_del_service -c 01\n"
             "  um_del_service umdev\n",
             {{'p', "position", "#", "the service at this position; past the end: the last"},
              {'c', "code", "HEX", "the service of this code"},
              {'f', "force", nullptr, "although it is in use: its mounts are detached"}},
             0, 1});
  ToolWords words;
  if (!tool.Parse(argc, argv, words)) return tool.status();
  admin::v1::RemoveServiceRequest request;
  if (std::string problem = ParseSelector(words, *request.mutable_which()); !problem.empty())
    return tool.Usage(problem);
  if (!words.words.empty()) return tool.Usage("-p, -c or a name must be specified, one of them");
  request.set_force(words.has('f'));
  if (!tool.Connect()) return tool.status();
  grpc::ClientContext context;
  admin::v1::RemoveServiceResponse response;
  return tool.Finish(tool.view().RemoveService(&context, request, &response));
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
