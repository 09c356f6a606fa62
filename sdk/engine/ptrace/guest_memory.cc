#include "sdk/engine/ptrace/guest_memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace umsdk {
namespace {

template <typename Fn>
size_t Vectored(Fn transfer, pid_t tid, uint64_t address, void* local, size_t size) {
  size_t done = 0;
  while (done < size) {
    iovec here = {static_cast<char*>(local) + done, size - done};
    iovec there = {reinterpret_cast<void*>(address + done), size - done};
    ssize_t n = transfer(tid, &here, 1, &there, 1, 0);
    if (n <= 0) break;
    done += n;
  }
  return done;
}

// How many of `size` bytes from `address` on the guest itself may read (or write). /proc/TID/mem
// ignores protections, as a debugger wants it; a system call does not.
size_t AccessiblePrefix(pid_t tid, uint64_t address, size_t size, bool write) {
  char path[40];
  ::snprintf(path, sizeof(path), "/proc/%d/maps", tid);
  std::unique_ptr<FILE, int (*)(FILE*)> maps(::fopen(path, "re"), &::fclose);
  if (maps == nullptr) return 0;
  uint64_t reached = address;
  char line[512];
  bool at_line_start = true;
  while (reached < address + size && ::fgets(line, sizeof(line), maps.get()) != nullptr) {
    unsigned long start, end;
    char perms[5];
    if (at_line_start && ::sscanf(line, "%lx-%lx %4s", &start, &end, perms) == 3 &&
        end > reached) {
      if (start > reached || perms[write ? 1 : 0] == '-') break;
      reached = end;
    }
    at_line_start = std::find(line, line + sizeof(line), '\n') != line + sizeof(line);
  }
  return std::min<uint64_t>(reached - address, size);
}

}  // namespace

size_t GuestMemory::Read(uint64_t address, void* out, size_t size) {
  if (vectored_) return Vectored(&::process_vm_readv, tid_, address, out, size);
  return ReadMem(address, out, AccessiblePrefix(tid_, address, size, /*write=*/false));
}

size_t GuestMemory::Write(uint64_t address, const void* bytes, size_t size) {
  if (vectored_) {
    return Vectored(&::process_vm_writev, tid_, address, const_cast<void*>(bytes), size);
  }
  return WriteMem(address, bytes, AccessiblePrefix(tid_, address, size, /*write=*/true));
}

bool GuestMemory::Poke(uint64_t address, const void* bytes, size_t size) {
  return WriteMem(address, bytes, size) == size;
}

bool GuestMemory::OpenMem() {
  if (mem_.valid()) return true;
  char path[40];
  ::snprintf(path, sizeof(path), "/proc/%d/mem", tid_);
  mem_.Reset(::open(path, O_RDWR | O_CLOEXEC));
  return mem_.valid();
}

size_t GuestMemory::ReadMem(uint64_t address, void* out, size_t size) {
  if (size == 0 || !OpenMem()) return 0;
  size_t done = 0;
  while (done < size) {
    ssize_t n = ::pread(mem_.get(), static_cast<char*>(out) + done, size - done, address + done);
    if (n <= 0) break;
    done += n;
  }
  return done;
}

size_t GuestMemory::WriteMem(uint64_t address, const void* bytes, size_t size) {
  if (size == 0 || !OpenMem()) return 0;
  size_t done = 0;
  while (done < size) {
    ssize_t n =
        ::pwrite(mem_.get(), static_cast<const char*>(bytes) + done, size - done, address + done);
    if (n <= 0) break;
    done += n;
  }
  return done;
}

}  // namespace umsdk
