// um_add_service: loads a service into the view.
#include "frontends/admin/tool.h"

namespace umsdk::frontends {
namespace {

int Main(int argc, char** argv) {
  Tool tool({"um_add_service", "MODULE[,ARGS]",
             "Loads a service into the view, behind those that are there already.\n\n"
             "  um_add_service umfuse\n"
             "  um_add_service -p 1 umdev\n",
             {{'p', "position", "#", "where in the chain: 1 is asked first"}}, 1, 1});
  ToolWords words;
  if (!tool.Parse(argc, argv, words)) return tool.status();
  admin::v1::AddServiceRequest request;
  int position = 0;
  if (words.has('p') && (!ParseNumber(words.get('p'), 10, position) || position < 0))
    return tool.Usage("-p wants a position from 1 on");
  const std::string& module = words.words.front();
  size_t comma = module.find(',');
  request.set_name(module.substr(0, comma));
  if (comma != std::string::npos) request.set_arguments(module.substr(comma + 1));
  request.set_position(position);
  if (!tool.Connect()) return tool.status();
  grpc::ClientContext context;
  admin::v1::AddServiceResponse response;
  return tool.Finish(tool.view().AddService(&context, request, &response));
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
