// um_ls_service: the services of the view, in the order in which they are asked.
#include <cstdio>

#include "frontends/admin/tool.h"

namespace umsdk::frontends {
namespace {

int Main(int argc, char** argv) {
  Tool tool({"um_ls_service", "",
             "Lists the services of the view, in the order in which they are asked.\n", 
             {{'j', "json", nullptr, "as JSON, with names and claims"}}});
  ToolWords words;
  if (!tool.Parse(argc, argv, words) || !tool.Connect()) return tool.status();
  grpc::ClientContext context;
  admin::v1::ListServicesResponse list;
  grpc::Status status = tool.view().ListServices(&context, {}, &list);
  if (!status.ok()) return tool.Finish(status, "um_list_service");
  if (words.has('j')) return tool.PrintJson(list);
  for (const admin::v1::ServiceInfo& service : list.services()) {
    std::printf("um_service %-2d code %02x name \"%s\"\n", service.position(), static_cast<unsigned>(service.code()),
                service.description().c_str());
  }
  return tool.Finish(status);
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
