#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "frontends/doctor/explain.h"
#include "frontends/doctor/probes.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

namespace umsdk::frontends {
namespace {

// The smallest x86-64 program: exit(0).
constexpr unsigned char kProgram[] = {
    0x7f, 'E',  'L',  'F', 2, 1,    1,    0,    0,    0, 0,    0, 0,  0, 0,  0,  // e_ident
    2,    0,    62,   0,   1, 0,    0,    0,  // ET_EXEC, EM_X86_64
    0x78, 0,    0x40, 0,   0, 0,    0,    0,    64,   0, 0,    0, 0,  0, 0,  0,  // entry 0x400078,
                                                                                 // phoff 64
    0,    0,    0,    0,   0, 0,    0,    0,    0,    0, 0,    0, 64, 0, 56, 0, 1,
    0,    0,    0,        // no sections, one header
    0,    0,    0,    0,  //
    1,    0,    0,    0,   5, 0,    0,    0,    0,    0, 0,    0, 0,  0, 0,  0,  // PT_LOAD, R+X,
                                                                                 // offset 0
    0,    0,    0x40, 0,   0, 0,    0,    0,    0,    0, 0x40, 0, 0,  0, 0,  0,  // at 0x400000
    0x81, 0,    0,    0,   0, 0,    0,    0,    0x81, 0, 0,    0, 0,  0, 0,  0,  // 129 bytes
    0,    0x10, 0,    0,   0, 0,    0,    0,                                     // alignment
    0xb8, 60,   0,    0,   0, 0x31, 0xff, 0x0f, 0x05,                            // exit(0)
};
static_assert(sizeof(kProgram) == 129);

// Without the flag on kernels that do not know it (before 6.3).
int CreateExecutableMemfd() {
  int fd = ::memfd_create("um_doctor", MFD_CLOEXEC | MFD_EXEC);
  return fd < 0 && errno == EINVAL ? ::memfd_create("um_doctor", MFD_CLOEXEC) : fd;
}

Finding AskMemfd(const Host& host) {
  UniqueFd fd(::memfd_create("um_doctor", MFD_CLOEXEC));
  TrialResult result = fd.valid() ? TrialResult() : Failed("memfd_create");
  return Explain(host, result, "virtual files have something to live in",
                 "virtual files need it; nothing can take its place");
}

std::string NoexecRemedy() {
  std::string value = Sysctl("vm/memfd_noexec");
  if (value == "2") return "sysctl vm.memfd_noexec=2 refuses it: set it to 1 or 0";
  return "virtual programs cannot be executed";
}

Finding AskMemfdExec(const Host& host) {
  TrialResult result = TryInChild([]() -> TrialResult {
    UniqueFd fd(CreateExecutableMemfd());
    if (!fd.valid()) return Failed("memfd_create(MFD_EXEC)");
    if (::write(fd.get(), kProgram, sizeof(kProgram)) != sizeof(kProgram)) return Failed("write");
    int error_ends[2];
    if (::pipe2(error_ends, O_CLOEXEC) != 0) return Failed("pipe2");
    UniqueFd in(error_ends[0]), out(error_ends[1]);
    Helper program([&] {
      char name[] = "um_doctor", *argv[] = {name, nullptr}, *envp[] = {nullptr};
      ::syscall(SYS_execveat, fd.get(), "", argv, envp, AT_EMPTY_PATH);
      int error = errno;
      return ::write(out.get(), &error, sizeof(error)) == sizeof(error) ? 1 : 2;
    });
    out.Reset();
    int error = 0;
    if (::read(in.get(), &error, sizeof(error)) == sizeof(error)) {
      errno = error;
      return Failed("execveat of a memfd");
    }
    errno = EIO;
    return program.Succeeds() ? TrialResult() : Failed("the program in the memfd failed");
  });
  return Explain(host, result, "a program in a memfd was executed", NoexecRemedy());
}

constexpr Probe kProbes[] = {
    {"memfd", "virtual files", &AskMemfd},
    {"memfd_exec", "executing virtual files", &AskMemfdExec},
};

}  // namespace

std::span<const Probe> ImageProbes() { return kProbes; }

}  // namespace umsdk::frontends
