// um_mov_service: changes the order in which services are asked.
#include "frontends/admin/tool.h"

namespace umsdk::frontends {
namespace {

int Main(int argc, char** argv) {
  Tool tool({"um_mov_service", "[NAME] POSITION",
             "Moves a service of the view to another position of the chain.\n\n"
             "  um_mov_service -p 4 1     the fourth becomes the first\n"
             "  um_mov_service umdev 2\n",
             {{'p', "position", "#", "the service at this position; past the end: the last"},
              {'c', "code", "HEX", "the service of this code"}},
             1, 2});
  ToolWords words;
  if (!tool.Parse(argc, argv, words)) return tool.status();
  admin::v1::MoveServiceRequest request;
  if (std::string problem = ParseSelector(words, *request.mutable_which()); !problem.empty())
    return tool.Usage(problem);
  int position = 0;
  if (words.words.size() != 1 || !ParseNumber(words.words.front(), 10, position) || position < 1)
    return tool.Usage("the new position is a number from 1 on");
  request.set_position(position);
  if (!tool.Connect()) return tool.status();
  grpc::ClientContext context;
  admin::v1::MoveServiceResponse response;
  return tool.Finish(tool.view().MoveService(&context, request, &response));
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
