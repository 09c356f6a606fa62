// Modules for load_service_test, one for each way in which a module can be right or wrong.
#include "umsdk/plugin.h"

#if defined(MODULE_GOOD)

namespace {

class Named final : public umsdk::Service {
 public:
  explicit Named(const std::string& name) : name_("module:" + name) {}
  std::string_view name() const override { return name_; }
  umsdk::Claims claims() const override { return umsdk::Claim::Path("/named"); }

 private:
  std::string name_;
};

absl::StatusOr<std::unique_ptr<umsdk::Service>> Create(const std::string& arguments) {
  if (arguments == "fail") return absl::InvalidArgumentError("I was told to fail");
  if (arguments == "null") return std::unique_ptr<umsdk::Service>();
  return std::make_unique<Named>(arguments);
}

}  // namespace

extern "C" const umsdk_plugin_info umsdk_plugin = {UMSDK_PLUGIN_ABI, &Create};

#elif defined(MODULE_OLD_ABI)
// Its create must never be called: the function of another ABI could mean anything.
extern "C" const umsdk_plugin_info umsdk_plugin = {UMSDK_PLUGIN_ABI + 1, nullptr};

#else

extern "C" const int not_a_plugin = 1;

#endif
