// For tests: this process, and all that it starts, is refused pidfd_getfd, as in Docker.
#ifndef SDK_ENGINE_RIGHTS_REFUSE_GETFD_H_
#define SDK_ENGINE_RIGHTS_REFUSE_GETFD_H_

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace umsdk {

// If that is the program's first argument; it is taken out.
inline void RefuseGetfdIfAsked(int& argc, char** argv) {
  if (argc < 2 || std::strcmp(argv[1], "--refuse_getfd") != 0) return;
  for (int i = 1; i < argc; ++i) argv[i] = argv[i + 1];
  --argc;
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_getfd, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) abort();
}

}  // namespace umsdk

#endif  // SDK_ENGINE_RIGHTS_REFUSE_GETFD_H_
