// A service of the name, code and description that it is built with, which says when it comes and goes,
// as modules did: for the transcripts of um_* tools.
#include <stdio.h>

#include "umsdk/plugin.h"

namespace umsdk {
namespace {

class NamedService final : public Service {
 public:
  NamedService() { Say("init"); }
  ~NamedService() override { Say("fini"); }
  std::string_view name() const override { return SERVICE_NAME; }
  std::string_view description() const override { return SERVICE_DESCRIPTION; }
  int code() const override { return SERVICE_CODE; }
  Claims claims() const override { return Claim::FsType(SERVICE_NAME); }

 private:
  static void Say(const char* what) {
    if (SERVICE_TELLS) fprintf(stderr, "%s %s\n", SERVICE_NAME, what);
  }
};

absl::StatusOr<std::unique_ptr<Service>> Create(const std::string&) { return std::make_unique<NamedService>(); }

}  // namespace
}  // namespace umsdk

extern "C" const umsdk_plugin_info umsdk_plugin = {UMSDK_PLUGIN_ABI, &umsdk::Create};
