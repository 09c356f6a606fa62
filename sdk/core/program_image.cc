#include "sdk/core/program_image.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "sdk/core/exec_path.h"
#include "sdk/core/opening.h"
#include "sdk/core/permissions.h"

namespace umsdk {
namespace {

// Installs a descriptor of the file's memfd that goes at the exec.
ErrnoOr<int> InstallImage(Call& call, VirtualFile& file, ExecFixup& fixup) {
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd fd, file.Open(call.caller(), O_RDONLY));
  UMSDK_ASSIGN_OR_ERRNO(bool whole, file.Populate());
  if (!whole) return Errno(ENOMEM);
  UMSDK_ASSIGN_OR_ERRNO(int number, call.trap().InstallFd(fd.get(), true, kFirstImageFd));
  fixup.descriptors.push_back(number);
  return number;
}

// A copy of the image in which the interpreter's name leads to the descriptor.
ErrnoOr<int> InstallPatched(Call& call, const ProgramImage& image, int interpreter, ExecFixup& fixup) {
  constexpr uint64_t kMaxImage = uint64_t{1} << 30;
  std::string bytes;
  std::vector<char> chunk(1 << 20);
  while (size_t count = image.Read(bytes.size(), chunk)) {
    bytes.append(chunk.data(), count);
    if (bytes.size() > kMaxImage) return Errno(ENOMEM);
  }
  const std::string& name = image.info.interpreter;
  const bool script = image.info.kind == ImageInfo::Kind::kScript;
  // A script's line may grow: its interpreter reads the script itself, not this copy.
  const size_t length = script ? std::max<size_t>(name.size(), 24) : name.size();
  std::string patched = DescriptorPath(interpreter, length);
  if (patched.empty() || image.info.interpreter_offset + name.size() > bytes.size()) return Errno(ENOEXEC);
  bytes.replace(image.info.interpreter_offset, name.size(), patched);
  if (script) {
    fixup.interpreter_replacement = patched;
    fixup.interpreter = name;
  }
  auto copy = std::make_unique<BytesFile>(std::move(bytes), 0755);
  UMSDK_ASSIGN_OR_ERRNO(std::shared_ptr<VirtualFile> file, FileOfService(call.view(), std::move(copy), image.path));
  return InstallImage(call, *file, fixup);
}

}  // namespace

ErrnoOrOk CheckExecutable(Call& call, const Target& target) {
  if (!target.exists) return Errno(ENOENT);
  if (S_ISLNK(target.attr.mode)) return Errno(ELOOP);
  if (!S_ISREG(target.attr.mode)) return Errno(EACCES);
  if (!target.mount) return {};
  if ((target.mount->flags & MS_NOEXEC) != 0) return Errno(EACCES);
  return CheckAccess(call, *target.mount, target.attr, X_OK);
}

ErrnoOr<ProgramImage> OpenVirtualImage(Call& call, const Target& target) {
  UMSDK_RETURN_IF_ERRNO(CheckExecutable(call, target));
  if (!target.node && !target.object) return Errno(EACCES);
  ProgramImage image;
  UMSDK_ASSIGN_OR_ERRNO(image.file, FileOfTarget(call, target));
  image.path = target.path;
  image.Inspect();
  return image;
}

ProgramImage OpenRealImage(Call& call, const std::string& path) {
  ProgramImage image;
  image.path = path;
  std::string through = path;
  if (call.view().foreign_roots()) through = call.ProcPath("root") + path;
  image.real.Reset(::open(through.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (image.real.valid()) image.Inspect();
  return image;
}

ErrnoOr<int> PrepareImage(Call& call, const ProgramImage& image, ExecFixup& fixup, int depth) {
  constexpr int kMaxDepth = 5;  // as the kernel's limit on interpreters of interpreters
  if (depth > kMaxDepth) return Errno(ELOOP);
  if (depth == 0) fixup.script = image.info.kind == ImageInfo::Kind::kScript;
  if (!image.info.interpreter.empty() && call.layer().has_names()) {
    UMSDK_ASSIGN_OR_ERRNO(Target target, WalkPath(call, AT_FDCWD, image.info.interpreter, {}));
    if (target.is_virtual()) {
      UMSDK_ASSIGN_OR_ERRNO(ProgramImage interpreter, OpenVirtualImage(call, target));
      if (interpreter.info.kind == ImageInfo::Kind::kElf32) return Errno(ENOEXEC);
      UMSDK_ASSIGN_OR_ERRNO(int number, PrepareImage(call, interpreter, fixup, depth + 1));
      return InstallPatched(call, image, number, fixup);
    }
  }
  if (!image.file) return -1;
  return InstallImage(call, *image.file, fixup);
}

}  // namespace umsdk
