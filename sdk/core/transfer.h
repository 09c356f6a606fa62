// Writing guest data in pieces, and the guest's limit on file sizes.
#ifndef SDK_CORE_TRANSFER_H_
#define SDK_CORE_TRANSFER_H_

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "sdk/core/iovec_copy.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {

// RWF_* of preadv2(2) that the distribution's headers may lack.
inline constexpr int RWF_HIPRI_BIT = 1, RWF_DSYNC_BIT = 2, RWF_SYNC_BIT = 4, RWF_APPEND_BIT = 0x10, RWF_NOAPPEND_BIT = 0x20;

// RLIMIT_FSIZE of the guest in bytes.
uint64_t FileSizeLimit(Call& call);
// SIGXFSZ to the guest thread, as a write beyond the limit gives.
void SignalFileSize(Call& call);
// EFBIG, and the signal, when a file would grow from `old_size` to a size beyond the limit.
ErrnoOrOk CheckNewSize(Call& call, uint64_t old_size, uint64_t size);

// True when the guest's descriptor was opened for writing.
bool OpenForWriting(Call& call, int fd);

// VirtualFile::Write, again for the rest when the file system was full and closed files gave space back.
ErrnoOr<size_t> WriteVirtual(View& view, VirtualFile& file, WritePlace place, std::span<const char> bytes);

// Takes the guest's bytes once, in chunks, and gives them to `move(span, position)` until one is
// short. A position advances with them.
template <typename Move>
Verdict WriteFrom(Call& call, GuestBuffers& buffers, std::optional<uint64_t> position, const Move& move) {
  constexpr uint64_t kChunk = 1 << 20;
  std::vector<char> chunk(std::min(buffers.size(), kChunk));
  int64_t total = 0;
  bool empty = buffers.size() == 0;
  while (buffers.size() > 0 || empty) {
    empty = false;
    std::span<char> want(chunk.data(), std::min<uint64_t>(chunk.size(), buffers.size()));
    size_t got = buffers.Gather(call, want);
    if (got == 0 && !want.empty()) return total > 0 ? Verdict::Return(total) : Verdict::Fail(Errno(EFAULT));
    ErrnoOr<size_t> count = move(std::span<const char>(want.first(got)), position);
    if (!count.ok()) return total > 0 ? Verdict::Return(total) : Verdict::Fail(count.error());
    total += static_cast<int64_t>(*count);
    if (position) *position += *count;
    if (*count < want.size()) break;
  }
  return Verdict::Return(total);
}

}  // namespace umsdk

#endif  // SDK_CORE_TRANSFER_H_
