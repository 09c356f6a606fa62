// ProgramImage: what an exec runs, and how the guest gets what is virtual of it as descriptors.
#ifndef SDK_CORE_PROGRAM_IMAGE_H_
#define SDK_CORE_PROGRAM_IMAGE_H_

#include <unistd.h>

#include <memory>
#include <span>
#include <string>

#include "sdk/core/call.h"
#include "sdk/core/image.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/virtual_file.h"

namespace umsdk {

constexpr int kFirstImageFd = 200;  // above what programs use, so that concurrent execs agree on the number

// An image that somebody can read: a real file or a virtual one.
struct ProgramImage {
  UniqueFd real;
  std::shared_ptr<VirtualFile> file;
  std::string path;
  ImageInfo info;

  size_t Read(uint64_t offset, std::span<char> out) const {
    if (file) {
      ErrnoOr<size_t> count = file->ReadAt(offset, out);
      return count.ok() ? *count : 0;
    }
    ssize_t count = ::pread(real.get(), out.data(), out.size(), static_cast<off_t>(offset));
    return count > 0 ? static_cast<size_t>(count) : 0;
  }
  void Inspect() {
    info = InspectImage([this](uint64_t offset, std::span<char> out) { return Read(offset, out); });
  }
};

ErrnoOrOk CheckExecutable(Call& call, const Target& target);

ErrnoOr<ProgramImage> OpenVirtualImage(Call& call, const Target& target);
// The real image that the guest names; not valid() when the kernel will find a reason to refuse it.
// `path`: a canonical one below the guest's real base, or as the guest names it, or as we do.
enum class PathKind { kCanonical, kGuests, kHosts };
ProgramImage OpenRealImage(Call& call, const std::string& path, PathKind kind);

// A descriptor of the guest's for an exec: mostly from `min` on, but as its limit allows. It closes there.
ErrnoOr<int> InstallForExec(Call& call, int fd, int min = kFirstImageFd);

// The guest's descriptor number of what the kernel shall execute; -1 when the real file itself will do.
ErrnoOr<int> PrepareImage(Call& call, const ProgramImage& image, ExecFixup& fixup, int depth = 0);

}  // namespace umsdk

#endif  // SDK_CORE_PROGRAM_IMAGE_H_
