// GuestMemory: the memory of one guest thread that stands in a stop.
#ifndef SDK_ENGINE_PTRACE_GUEST_MEMORY_H_
#define SDK_ENGINE_PTRACE_GUEST_MEMORY_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "sdk/base/unique_fd.h"

namespace umsdk {

// Not thread-safe; any thread that may ptrace the guest can use it, not only the tracer.
class GuestMemory {
 public:
  // `vectored`: process_vm_readv and its like; else /proc/TID/mem, opened once when first needed.
  GuestMemory(pid_t tid, bool vectored) : tid_(tid), vectored_(vectored) {}

  // Both respect the guest's page protections and return how many bytes were copied before the
  // first inaccessible one.
  size_t Read(uint64_t address, void* out, size_t size);
  size_t Write(uint64_t address, const void* bytes, size_t size);
  // All or nothing that counts; protections are ignored, private pages are copied first.
  bool Poke(uint64_t address, const void* bytes, size_t size);

 private:
  bool OpenMem();
  size_t ReadMem(uint64_t address, void* out, size_t size);
  size_t WriteMem(uint64_t address, const void* bytes, size_t size);

  const pid_t tid_;
  const bool vectored_;
  UniqueFd mem_;
};

}  // namespace umsdk

#endif  // SDK_ENGINE_PTRACE_GUEST_MEMORY_H_
