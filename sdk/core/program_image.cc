#include "sdk/core/program_image.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "sdk/base/fd_limit.h"
#include "sdk/core/exec_path.h"
#include "sdk/core/opening.h"
#include "sdk/core/permissions.h"
#include "sdk/core/real_root.h"

namespace umsdk {
namespace {

// Installs a descriptor of the file's memfd that goes at the exec.
ErrnoOr<int> InstallImage(Call& call, VirtualFile& file, ExecFixup& fixup) {
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd fd, file.Open(call.caller(), O_RDONLY));
  UMSDK_ASSIGN_OR_ERRNO(bool whole, file.Populate());
  if (!whole) return Errno(ENOMEM);
  UMSDK_ASSIGN_OR_ERRNO(int number, InstallForExec(call, fd.get()));
  fixup.descriptors.push_back(number);
  return number;
}

ErrnoOr<int> InstallBytes(Call& call, const std::string& path, std::string bytes, ExecFixup& fixup) {
  auto copy = std::make_unique<BytesFile>(std::move(bytes), 0755);
  UMSDK_ASSIGN_OR_ERRNO(std::shared_ptr<VirtualFile> file, FileOfService(call.view(), std::move(copy), path));
  return InstallImage(call, *file, fixup);
}

// A "#!" line in which the interpreter's name leads to the descriptor. The interpreter reads the
// script itself.
ErrnoOr<int> InstallLine(Call& call, const ProgramImage& image, int interpreter, ExecFixup& fixup) {
  constexpr size_t kLongest = 24;  // of a descriptor's path
  const std::string& name = image.info.interpreter;
  std::string argument = image.info.argument;
  // What the line takes besides the name, of the bytes before its end.
  const size_t room = kImageHead - 1 - (argument.empty() ? 2 : 3);
  ScriptLine line;
  line.interpreter = name;
  line.replacement = DescriptorPath(interpreter, std::max(name.size(), kLongest));
  if (line.replacement.size() + argument.size() > room) {
    line.replacement = DescriptorPath(interpreter, std::max(name.size(), DescriptorPath(interpreter).size()));
  }
  if (line.replacement.size() + argument.size() > room) {
    line.argument = argument;
    argument = line.filler = std::string(room - line.replacement.size(), 'x');
  }
  std::string bytes = "#!" + line.replacement + (argument.empty() ? "" : " " + argument) + "\n";
  fixup.lines.push_back(std::move(line));
  return InstallBytes(call, image.path, std::move(bytes), fixup);
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
  const std::string patched = DescriptorPath(interpreter, name.size());
  if (patched.empty() || image.info.interpreter_offset + name.size() > bytes.size()) return Errno(ENOEXEC);
  bytes.replace(image.info.interpreter_offset, name.size(), patched);
  return InstallBytes(call, image.path, std::move(bytes), fixup);
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

ProgramImage OpenRealImage(Call& call, const std::string& path, PathKind kind) {
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  ProgramImage image;
  image.path = path;
  if (kind == PathKind::kCanonical) {
    ErrnoOr<UniqueFd> opened = RealRoot(call).Open(path, kFlags);
    if (opened.ok()) image.real = *std::move(opened);
    if (!opened.ok()) errno = static_cast<int>(opened.error());
  } else {
    const bool foreign = kind == PathKind::kGuests && call.view().foreign_roots();
    std::string through = foreign ? call.ProcPath("root") + path : path;
    image.real.Reset(::open(through.c_str(), kFlags));
  }
  if (image.real.valid()) image.Inspect();
  return image;
}

ErrnoOr<int> InstallForExec(Call& call, int fd, int min) {
  TrappedCall& trap = call.trap();
  ErrnoOr<int> number = trap.InstallFd(fd, true, min);
  if (number.ok() || number.error() != Errno(EMFILE)) return number;
  number = trap.InstallFd(fd, true);
  if (number.ok() || number.error() != Errno(EMFILE)) return number;
  // An exec needs none of the guest's own.
  FdLimitRaised limit(call.tid());
  return limit.raised() ? trap.InstallFd(fd, true) : number;
}

ErrnoOr<int> PrepareImage(Call& call, const ProgramImage& image, ExecFixup& fixup, int depth) {
  constexpr int kMaxDepth = 5;  // as the kernel's limit on interpreters of interpreters
  if (depth > kMaxDepth) return Errno(ELOOP);
  if (!image.info.interpreter.empty() && call.layer().has_names()) {
    UMSDK_ASSIGN_OR_ERRNO(Target target, WalkPath(call, AT_FDCWD, image.info.interpreter, {}));
    if (target.is_virtual()) {
      UMSDK_ASSIGN_OR_ERRNO(ProgramImage interpreter, OpenVirtualImage(call, target));
      if (interpreter.info.kind == ImageInfo::Kind::kElf32) return Errno(ENOEXEC);
      UMSDK_ASSIGN_OR_ERRNO(int number, PrepareImage(call, interpreter, fixup, depth + 1));
      const bool script = image.info.kind == ImageInfo::Kind::kScript;
      return script ? InstallLine(call, image, number, fixup) : InstallPatched(call, image, number, fixup);
    }
  }
  if (!image.file) return -1;
  return InstallImage(call, *image.file, fixup);
}

}  // namespace umsdk
