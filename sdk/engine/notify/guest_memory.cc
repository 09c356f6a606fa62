#include "sdk/engine/notify/guest_memory.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <string>

#include "sdk/base/unique_fd.h"

namespace umsdk {
namespace {

constexpr uint64_t kPage = 4096;

enum class Direction { kRead, kWrite };

struct Transfer {
  pid_t tid;
  Direction direction;
  uint64_t address;  // in the guest
  char* local;
  size_t size;
};

ssize_t CopyOnce(const Transfer& transfer, size_t done, size_t size) {
  const iovec local = {transfer.local + done, size};
  const iovec remote = {reinterpret_cast<void*>(transfer.address + done), size};
  return transfer.direction == Direction::kRead
             ? process_vm_readv(transfer.tid, &local, 1, &remote, 1, 0)
             : process_vm_writev(transfer.tid, &local, 1, &remote, 1, 0);
}

// The kernel may copy nothing of an area that has an inaccessible page in it: then page by page.
size_t CopyPages(const Transfer& transfer, size_t done) {
  while (done < transfer.size) {
    const uint64_t in_page = kPage - (transfer.address + done) % kPage;
    const ssize_t copied =
        CopyOnce(transfer, done, std::min<size_t>(in_page, transfer.size - done));
    if (copied <= 0) break;
    done += static_cast<size_t>(copied);
  }
  return done;
}

// How many bytes from the address on the guest may access, after its memory map.
size_t AccessibleSize(const Transfer& transfer) {
  std::ifstream maps("/proc/" + std::to_string(transfer.tid) + "/maps");
  const size_t permission = transfer.direction == Direction::kRead ? 0 : 1;
  uint64_t end = transfer.address;
  for (std::string line; std::getline(maps, line);) {
    uint64_t low = 0, high = 0;
    char permissions[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s", &low, &high, permissions) != 3) {
      continue;
    }
    if (high <= end) continue;
    if (low > end || permissions[permission] == '-') break;
    end = high;
  }
  return std::min<uint64_t>(end - transfer.address, transfer.size);
}

// Where process_vm_readv is refused (containers). This file ignores page protections, hence the
// map.
size_t CopyThroughProc(const Transfer& transfer) {
  const std::string path = "/proc/" + std::to_string(transfer.tid) + "/mem";
  const UniqueFd memory(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!memory.valid()) return 0;
  const size_t size = AccessibleSize(transfer);
  const auto offset = static_cast<off_t>(transfer.address);
  const ssize_t copied = transfer.direction == Direction::kRead
                             ? pread(memory.get(), transfer.local, size, offset)
                             : pwrite(memory.get(), transfer.local, size, offset);
  return copied < 0 ? 0 : static_cast<size_t>(copied);
}

size_t Copy(const Transfer& transfer) {
  if (transfer.size == 0) return 0;
  const ssize_t copied = CopyOnce(transfer, 0, transfer.size);
  if (copied == static_cast<ssize_t>(transfer.size)) return transfer.size;
  if (copied >= 0) return CopyPages(transfer, static_cast<size_t>(copied));
  if (errno == EFAULT) return CopyPages(transfer, 0);
  if (errno == EPERM || errno == ENOSYS) return CopyThroughProc(transfer);
  return 0;
}

}  // namespace

size_t ReadGuestMemory(pid_t tid, uint64_t address, void* out, size_t size) {
  return Copy({tid, Direction::kRead, address, static_cast<char*>(out), size});
}

size_t WriteGuestMemory(pid_t tid, uint64_t address, const void* bytes, size_t size) {
  char* local = static_cast<char*>(const_cast<void*>(bytes));  // only read
  return Copy({tid, Direction::kWrite, address, local, size});
}

}  // namespace umsdk
