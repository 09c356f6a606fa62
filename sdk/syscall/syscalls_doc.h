// docs/syscalls.md, made from the table.
#ifndef UMSDK_SDK_SYSCALL_SYSCALLS_DOC_H_
#define UMSDK_SDK_SYSCALL_SYSCALLS_DOC_H_

#include <string>

namespace umsdk {

// The whole document, the same for every run.
std::string RenderSyscallsDoc();

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_SYSCALLS_DOC_H_
