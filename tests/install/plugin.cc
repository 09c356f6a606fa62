// A service module, built outside of the tree against an installation. With -DWRONG_ABI it carries
// a number that no loader accepts, and a function that must then not be called.
#include "umsdk/plugin.h"

#include <fcntl.h>
#include <stdlib.h>

#include <memory>
#include <string>
#include <utility>

#include "umsdk/umsdk.h"

namespace {

class Greeting final : public umsdk::Service {
 public:
  explicit Greeting(std::string text) : text_(std::move(text)) {}
  std::string_view name() const override { return "greeting"; }
  umsdk::Claims claims() const override { return umsdk::Claim::Path("/etc/greeting"); }
  umsdk::SyscallResult OnOpen(umsdk::SyscallContext& ctx, const umsdk::OpenRequest& open) override {
    if ((open.flags & O_ACCMODE) != O_RDONLY) return umsdk::Errno(EROFS);
    return ctx.Install(std::make_unique<umsdk::BytesFile>("greeting: " + text_ + "\n"));
  }

 private:
  const std::string text_;
};

absl::StatusOr<std::unique_ptr<umsdk::Service>> Create(const std::string& arguments) {
#ifdef WRONG_ABI
  _exit(99);
#endif
  if (arguments.empty()) return absl::InvalidArgumentError("greeting: which text?");
  return std::unique_ptr<umsdk::Service>(std::make_unique<Greeting>(arguments));
}

}  // namespace

#ifdef WRONG_ABI
extern "C" const umsdk_plugin_info umsdk_plugin = {UMSDK_PLUGIN_ABI + 1000, &Create};
#else
extern "C" const umsdk_plugin_info umsdk_plugin = {UMSDK_PLUGIN_ABI, &Create};
#endif
