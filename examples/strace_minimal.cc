// strace_minimal COMMAND [ARGUMENT]...: a line for each call that the view traps, and its result.
#include <cstring>
#include <iostream>

#include "umsdk/umsdk.h"

class Tracer final : public umsdk::Service {
 public:
  std::string_view name() const override { return "tracer"; }
  umsdk::Claims claims() const override { return umsdk::Claim::AllCalls(); }
  umsdk::SyscallResult OnCall(umsdk::SyscallContext& ctx, const umsdk::CallRequest&) override {
    // Before the call: after an execve its arguments are gone.
    std::string line = "[" + std::to_string(ctx.tid()) + "] " + ctx.Describe();
    umsdk::SyscallResult result = ctx.Next();
    if (result.is_kernel()) {
      line += " = ? (kernel)\n";  // the kernel runs it when we have returned
    } else if (int64_t value = result.ToRegister(); value < 0) {
      line += " = -1 (" + std::string(strerror(static_cast<int>(-value))) + ")\n";
    } else {
      line += " = " + std::to_string(value) + "\n";
    }
    std::cerr << line;
    return result;
  }
};

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: strace_minimal COMMAND [ARGUMENT]...\n";
    return 125;
  }
  auto supervisor = umsdk::Supervisor::Builder().AddService(std::make_unique<Tracer>()).Build();
  if (!supervisor.ok()) {
    std::cerr << supervisor.status() << "\n";
    return 125;
  }
  auto exit = supervisor->Run(umsdk::Command(argv[1]).Args({argv + 2, argv + argc}));
  if (!exit.ok()) std::cerr << exit.status() << "\n";
  return exit.ok() ? exit->code : 125;
}
