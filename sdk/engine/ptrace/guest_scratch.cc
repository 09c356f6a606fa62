#include "sdk/engine/ptrace/guest_scratch.h"

#include <sys/mman.h>
#include <sys/syscall.h>

namespace umsdk {
namespace {

constexpr uint64_t kRedZone = 128;
constexpr uint64_t kPage = 4096;

}  // namespace

GuestScratch::GuestScratch(Injection& injection, GuestMemory& memory)
    : injection_(injection), memory_(memory) {
  const uint64_t below = (injection.stack_pointer() - kRedZone - kSize) & ~uint64_t{15};
  if (memory.Read(below, saved_, kSize) == kSize && memory.Write(below, saved_, kSize) == kSize) {
    address_ = below;
    return;
  }
  ErrnoOr<int64_t> page =
      injection.Call(SYS_mmap, {0, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                                ~uint64_t{0}, 0});
  if (!page.ok()) return;
  address_ = *page;
  mapped_ = true;
}

GuestScratch::~GuestScratch() {
  if (mapped_) {
    (void)injection_.Call(SYS_munmap, {address_, kPage});
  } else if (valid()) {
    memory_.Write(address_, saved_, kSize);
  }
}

}  // namespace umsdk
