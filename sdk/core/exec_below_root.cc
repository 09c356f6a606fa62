#include "sdk/core/exec_below_root.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <utility>
#include <vector>

#include "sdk/core/place.h"
#include "sdk/core/real_root.h"
#include "sdk/core/virtual_dir.h"

namespace umsdk {
namespace {

ImageVersion VersionOf(const struct stat& st) {
  return {st.st_dev, st.st_ino, static_cast<uint64_t>(st.st_size), st.st_mtim, st.st_ctim};
}

// The names of a path as the kernel goes along them; ".." in the first directory stays there.
std::vector<std::string> NamesOf(const std::string& path) {
  std::vector<std::string> rest, names;
  size_t depth = 0;
  for (PushComponents(rest, path); !rest.empty(); rest.pop_back()) {
    const std::string& name = rest.back();
    if (name == "." || (name == ".." && depth == 0)) continue;
    depth = name == ".." ? depth - 1 : depth + 1;
    names.push_back(name);
  }
  return names;
}

// The image that the kernel would find at the path; neither file nor real: it finds it by itself.
ErrnoOr<ProgramImage> OpenInterpreter(Call& call, const std::string& path) {
  UMSDK_ASSIGN_OR_ERRNO(Target target, WalkPath(call, AT_FDCWD, path, {}));
  if (target.native) return ProgramImage();
  if (target.is_virtual()) return OpenVirtualImage(call, target);
  ProgramImage image = OpenRealImage(call, target.path, PathKind::kCanonical);
  if (!image.real.valid()) return LastErrno();
  return image;
}

ErrnoOrOk Hold(Call& call, const ProgramImage& image, int depth) {
  constexpr int kMaxDepth = 5;  // as the kernel's limit on interpreters of interpreters
  const std::string& path = image.info.interpreter;
  if (path.empty()) return {};
  if (depth > kMaxDepth) return Errno(ELOOP);
  UMSDK_ASSIGN_OR_ERRNO(ProgramImage interpreter, OpenInterpreter(call, path));
  if (!interpreter.file && !interpreter.real.valid()) return {};
  if (interpreter.info.kind == ImageInfo::Kind::kElf32) return Errno(ENOEXEC);
  UMSDK_ASSIGN_OR_ERRNO(std::shared_ptr<const ImageCopy> copy, CopyOfImage(call, interpreter));
  std::shared_ptr<OpenObject> from = ObjectAt(call.view(), call.ProcPath(path.starts_with('/') ? "root" : "cwd"));
  const std::vector<std::string> names = NamesOf(path);
  if (!from || from->dir() == nullptr || names.empty() || !from->dir()->HoldAt(names, copy->name())) {
    return Errno(ENOEXEC);
  }
  return Hold(call, interpreter, depth + 1);
}

}  // namespace

bool HasVirtualRoot(Call& call) { return RealRoot(call).object() != nullptr; }

ErrnoOrOk HoldInterpreters(Call& call, const ProgramImage& image) { return Hold(call, image, 0); }

ErrnoOr<std::shared_ptr<const ImageCopy>> CopyOfImage(Call& call, const ProgramImage& image) {
  UniqueFd opened;  // so that what it reads is not old
  ImageVersion version;
  if (image.file) {
    UMSDK_ASSIGN_OR_ERRNO(opened, image.file->Open(call.caller(), O_RDONLY));
    UMSDK_ASSIGN_OR_ERRNO(bool whole, image.file->Populate());
    if (!whole) return Errno(ENOMEM);
    UMSDK_ASSIGN_OR_ERRNO(Attr attr, image.file->Stat());
    const bool named = image.file->mount() && image.file->node();
    version = {named ? image.file->mount()->dev : image.file->key().dev,
               named ? image.file->node()->id() : image.file->key().ino, attr.size, attr.mtime, attr.ctime};
  } else {
    struct stat st;
    if (::fstat(image.real.get(), &st) != 0) return LastErrno();
    version = VersionOf(st);
  }
  return call.view().copies().Get(version, image.path, [&](uint64_t offset, std::span<char> out) {
    return image.Read(offset, out);
  });
}

}  // namespace umsdk
