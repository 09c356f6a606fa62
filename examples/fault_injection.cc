// fault_injection COMMAND [ARGUMENT]...: runs a command whose third write to a file finds the disk
// full. What does your program do then?
#include <sys/stat.h>
#include <sys/syscall.h>

#include <atomic>
#include <iostream>

#include "umsdk/umsdk.h"

class FullDisk final : public umsdk::Service {
 public:
  std::string_view name() const override { return "full-disk"; }
  umsdk::Claims claims() const override { return umsdk::Claim::Call(SYS_write); }
  umsdk::SyscallResult OnCall(umsdk::SyscallContext& ctx, const umsdk::CallRequest& call) override {
    // Handlers run in parallel, one for each thread of the guest that makes a call.
    if (IsFile(ctx.tid(), call.args[0]) && ++writes_ == 3) return umsdk::Errno(ENOSPC);
    return ctx.Next();
  }

 private:
  static bool IsFile(pid_t tid, uint64_t fd) {
    std::string path = "/proc/" + std::to_string(tid) + "/fd/" + std::to_string(fd);
    struct stat st;
    return stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode);
  }
  std::atomic<int> writes_ = 0;
};

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: fault_injection COMMAND [ARGUMENT]...\n";
    return 125;
  }
  auto supervisor = umsdk::Supervisor::Builder().AddService(std::make_unique<FullDisk>()).Build();
  if (!supervisor.ok()) {
    std::cerr << supervisor.status() << "\n";
    return 125;
  }
  auto exit = supervisor->Run(umsdk::Command(argv[1]).Args({argv + 2, argv + argc}));
  if (!exit.ok()) std::cerr << exit.status() << "\n";
  return exit.ok() ? exit->code : 125;
}
