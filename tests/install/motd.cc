// The program of README.md, built outside of the tree against an installation.
#include "umsdk/umsdk.h"

#include <iostream>

// Gives the guest its own /etc/motd. Everything else stays the host's.
class Motd final : public umsdk::Service {
 public:
  std::string_view name() const override { return "motd"; }
  umsdk::Claims claims() const override { return umsdk::Claim::Path("/etc/motd"); }
  umsdk::SyscallResult OnOpen(umsdk::SyscallContext& ctx, const umsdk::OpenRequest& open) override {
    if ((open.flags & O_ACCMODE) != O_RDONLY) return umsdk::Errno(EROFS);
    return ctx.Install(std::make_unique<umsdk::BytesFile>("hello from umsdk\n"));
  }
};

int main() {
  absl::StatusOr<umsdk::Supervisor> supervisor =
      umsdk::Supervisor::Builder().AddService(std::make_unique<Motd>()).Build();
  if (!supervisor.ok()) {
    std::cerr << supervisor.status() << "\n";
    return 1;
  }
  absl::StatusOr<umsdk::ExitStatus> exit =
      supervisor->Run(umsdk::Command("/bin/cat").Arg("/etc/motd"));
  if (!exit.ok()) {
    std::cerr << exit.status() << "\n";
    return 1;
  }
  return exit->code;
}
