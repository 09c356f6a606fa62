// um_lock_service: no change of the view's services any more.
#include "frontends/admin/tool.h"

namespace umsdk::frontends {
namespace {

int Main(int argc, char** argv) {
  Tool tool({"um_lock_service", "",
             "Locks the services of the view: none can be added, removed or moved any more.\n"
             "Nothing unlocks them.\n",
             {{'i', "invisible", nullptr, "nor can they be seen; shows what um_ls_service says from now on"}}});
  ToolWords words;
  if (!tool.Parse(argc, argv, words) || !tool.Connect()) return tool.status();
  admin::v1::LockServicesRequest request;
  request.set_hide(words.has('i'));
  admin::v1::LockServicesResponse response;
  grpc::ClientContext context;
  grpc::Status status = tool.view().LockServices(&context, request, &response);
  if (!status.ok() || !words.has('i')) return tool.Finish(status);
  grpc::ClientContext again;
  admin::v1::ListServicesResponse list;
  (void)tool.Finish(tool.view().ListServices(&again, {}, &list), "um_list_service");
  return kToolOk;
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
