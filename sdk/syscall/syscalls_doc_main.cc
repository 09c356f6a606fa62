// Prints docs/syscalls.md.
#include <iostream>

#include "sdk/syscall/syscalls_doc.h"

int main() {
  std::cout << umsdk::RenderSyscallsDoc() << std::flush;
  return std::cout ? 0 : 1;
}
