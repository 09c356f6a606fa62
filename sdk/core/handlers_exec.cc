// execve, execveat.
//
// The kernel opens the image, its "#!" interpreter and its PT_INTERP by itself, past our listener. So
// what is virtual among them is handed to the guest as a descriptor that closes on exec, and the path
// that names it is made to lead there (exec_path.h).
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "sdk/core/chain_context.h"
#include "sdk/core/exec_path.h"
#include "sdk/core/handlers.h"
#include "sdk/core/image.h"
#include "sdk/core/opening.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"

namespace umsdk {
namespace {

constexpr int kFirstFd = 200;  // above what programs use, so that concurrent execs agree on the number

// An image that somebody can read: a real file or a virtual one.
struct Image {
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

ErrnoOrOk CheckExecutable(Call& call, const Target& target) {
  if (!target.exists) return Errno(ENOENT);
  if (S_ISLNK(target.attr.mode)) return Errno(ELOOP);
  if (!S_ISREG(target.attr.mode)) return Errno(EACCES);
  if (!target.mount) return {};
  if ((target.mount->flags & MS_NOEXEC) != 0) return Errno(EACCES);
  return CheckAccess(call, *target.mount, target.attr, X_OK);
}

ErrnoOr<Image> OpenVirtualImage(Call& call, const Target& target) {
  UMSDK_RETURN_IF_ERRNO(CheckExecutable(call, target));
  if (!target.node && !target.object) return Errno(EACCES);
  Image image;
  UMSDK_ASSIGN_OR_ERRNO(image.file, FileOfTarget(call, target));
  image.path = target.path;
  image.Inspect();
  return image;
}

// The real image that the guest names; not valid() when the kernel will find a reason to refuse it.
Image OpenRealImage(Call& call, const std::string& path) {
  Image image;
  image.path = path;
  std::string through = path;
  if (call.view().foreign_roots()) through = call.ProcPath("root") + path;
  image.real.Reset(::open(through.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (image.real.valid()) image.Inspect();
  return image;
}

// Installs a descriptor of the file's memfd that goes at the exec.
ErrnoOr<int> InstallImage(Call& call, VirtualFile& file, ExecFixup& fixup) {
  UMSDK_ASSIGN_OR_ERRNO(UniqueFd fd, file.Open(call.caller(), O_RDONLY));
  UMSDK_ASSIGN_OR_ERRNO(bool whole, file.Populate());
  if (!whole) return Errno(ENOMEM);
  UMSDK_ASSIGN_OR_ERRNO(int number, call.trap().InstallFd(fd.get(), true, kFirstFd));
  fixup.descriptors.push_back(number);
  return number;
}

ErrnoOr<int> PrepareImage(Call& call, const Image& image, ExecFixup& fixup, int depth);

// A copy of the image in which the interpreter's name leads to the descriptor.
ErrnoOr<int> InstallPatched(Call& call, const Image& image, int interpreter, ExecFixup& fixup) {
  constexpr uint64_t kMaxImage = uint64_t{1} << 30;
  std::string bytes;
  std::vector<char> chunk(1 << 20);
  while (size_t count = image.Read(bytes.size(), chunk)) {
    bytes.append(chunk.data(), count);
    if (bytes.size() > kMaxImage) return Errno(ENOMEM);
  }
  const std::string& name = image.info.interpreter;
  std::string patched = DescriptorPath(interpreter, name.size());
  if (patched.empty() || image.info.interpreter_offset + name.size() > bytes.size()) return Errno(ENOEXEC);
  bytes.replace(image.info.interpreter_offset, name.size(), patched);
  if (image.info.kind == ImageInfo::Kind::kScript) {
    fixup.interpreter_replacement = patched;
    fixup.interpreter = name;
  }
  auto copy = std::make_unique<BytesFile>(std::move(bytes), 0755);
  UMSDK_ASSIGN_OR_ERRNO(std::shared_ptr<VirtualFile> file, FileOfService(call.view(), std::move(copy), image.path));
  return InstallImage(call, *file, fixup);
}

// The guest's descriptor number of what the kernel shall execute; -1 when the real file itself will do.
ErrnoOr<int> PrepareImage(Call& call, const Image& image, ExecFixup& fixup, int depth) {
  constexpr int kMaxDepth = 5;  // as the kernel's limit on interpreters of interpreters
  if (depth > kMaxDepth) return Errno(ELOOP);
  if (!image.info.interpreter.empty() && call.layer().has_names()) {
    UMSDK_ASSIGN_OR_ERRNO(Target target, WalkPath(call, AT_FDCWD, image.info.interpreter, {}));
    if (target.is_virtual()) {
      UMSDK_ASSIGN_OR_ERRNO(Image interpreter, OpenVirtualImage(call, target));
      if (interpreter.info.kind == ImageInfo::Kind::kElf32) return Errno(ENOEXEC);
      UMSDK_ASSIGN_OR_ERRNO(int number, PrepareImage(call, interpreter, fixup, depth + 1));
      return InstallPatched(call, image, number, fixup);
    }
  }
  if (!image.file) return -1;
  return InstallImage(call, *image.file, fixup);
}

// A 32-bit image would make calls that we do not see; an unreadable one hides its memory from us.
std::optional<Verdict> RefuseImage(Call& call, const Image& image) {
  if (image.info.kind == ImageInfo::Kind::kElf32) {
    call.view().Report(image.path + ": 32-bit programs cannot run in a view (ENOEXEC); use a 64-bit build");
    call.MarkHandled();
    return Verdict::Fail(Errno(ENOEXEC));
  }
  // The kernel would open the interpreter of a script by itself.
  if (image.info.kind == ImageInfo::Kind::kScript && !image.info.interpreter.empty()) {
    Image interpreter = OpenRealImage(call, image.info.interpreter);
    if (interpreter.info.kind == ImageInfo::Kind::kElf32) return RefuseImage(call, interpreter);
  }
  if (!image.file && !image.real.valid() && errno == EACCES && ::access(image.path.c_str(), X_OK) == 0) {
    call.view().Report(image.path + ": executable but not readable, so its process could not be supervised" +
                       " (EACCES); make it readable");
    call.MarkHandled();
    return Verdict::Fail(Errno(EACCES));
  }
  return std::nullopt;
}

std::optional<Verdict> AskServices(Call& call, const Image& image, uint64_t argv) {
  std::shared_ptr<const ServiceChain> chain = call.layer().chain();
  if (!chain->claims_exec()) return std::nullopt;
  ExecRequest request;
  request.path = image.path;
  request.head.resize(256);
  request.head.resize(image.Read(0, request.head));
  constexpr size_t kMaxArguments = 1024;
  for (size_t i = 0; i < kMaxArguments; ++i) {
    ErrnoOr<uint64_t> address = call.Load<uint64_t>(argv + 8 * i);
    if (!address.ok() || *address == 0) break;
    ErrnoOr<std::string> text = call.String(*address, 131072, Errno(E2BIG));
    if (!text.ok()) break;
    request.argv.push_back(*text);
  }
  ChainContext context(call, chain->ForExec(), [&](Service& service, SyscallContext& ctx) {
    return service.OnExec(ctx, request);
  });
  return FromChain(call, context.Run());
}

// Without mounts only the image itself is looked at.
std::string PlainPath(Call& call, int dirfd, const std::string& path) {
  if (path.starts_with('/')) return path;
  std::string base = call.ProcPath(dirfd == AT_FDCWD ? "cwd" : "fd/" + std::to_string(dirfd));
  return path.empty() ? base : base + "/" + path;
}

Verdict ExecReal(Call& call, const std::string& path, const ExecPath& given, uint64_t argv) {
  Image image = OpenRealImage(call, path);
  if (std::optional<Verdict> refused = RefuseImage(call, image)) return *refused;
  if (!image.real.valid()) return Verdict::Continue();
  if (std::optional<Verdict> answer = AskServices(call, image, argv)) return *answer;
  ExecFixup fixup;
  UMSDK_ASSIGN_OR_VERDICT(int number, PrepareImage(call, image, fixup, 0));
  if (number < 0) return Verdict::Continue();
  call.MarkHandled();
  if (!LeadPathTo(call, given, number, fixup)) return Verdict::Fail(Errno(ENOEXEC));
  return Verdict::Continue();
}

Verdict ExecVirtual(Call& call, const Target& target, const ExecPath& given, uint64_t argv) {
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(Image image, OpenVirtualImage(call, target));
  if (std::optional<Verdict> refused = RefuseImage(call, image)) return *refused;
  if (std::optional<Verdict> answer = AskServices(call, image, argv)) return *answer;
  ExecFixup fixup;
  if (target.object && target.object->file() && given.text.find("/fd/") != std::string::npos) {
    UMSDK_ASSIGN_OR_VERDICT(bool whole, target.object->file()->Populate());
    return whole ? Verdict::Continue() : Verdict::Fail(Errno(ENOMEM));
  }
  UMSDK_ASSIGN_OR_VERDICT(int number, PrepareImage(call, image, fixup, 0));
  if (!LeadPathTo(call, given, number, fixup)) {
    call.view().Report(target.path + ": cannot be executed by so short a name as \"" + given.text +
                       "\"; use its absolute path");
    return Verdict::Fail(Errno(ENOEXEC));
  }
  return Verdict::Continue();
}

Verdict Exec(Call& call, int dirfd, uint64_t path_address, uint64_t argv, int flags) {
  constexpr int kCheckOnly = 0x10000;  // AT_EXECVE_CHECK, Linux 6.14
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | kCheckOnly)) != 0) return Verdict::Continue();  // EINVAL
  UMSDK_ASSIGN_OR_VERDICT(std::string path, call.Path(path_address));
  const ExecPath given{dirfd, path_address, path};
  if (!call.view().dumpable().empty()) call.view().dumpable().NoteExec(call.status().tgid);
  if (path.empty() && (flags & AT_EMPTY_PATH) == 0) return Verdict::Continue();
  if (!call.layer().has_names() && call.view().objects().empty()) {
    return ExecReal(call, PlainPath(call, dirfd, path), given, argv);
  }
  if (path.empty()) {
    std::shared_ptr<OpenObject> object = call.Object(dirfd);
    if (!object || object->file() == nullptr) return Verdict::Continue();
    UMSDK_ASSIGN_OR_VERDICT(bool whole, object->file()->Populate());
    return whole ? Verdict::Continue() : Verdict::Fail(Errno(ENOMEM));
  }
  UMSDK_ASSIGN_OR_VERDICT(Target target,
                          WalkPath(call, dirfd, path, {.follow = (flags & AT_SYMLINK_NOFOLLOW) == 0}));
  if (target.native) return ExecReal(call, target.path, given, argv);
  if (target.is_virtual() && (flags & kCheckOnly) != 0) return ToVerdict(CheckExecutable(call, target));
  if (target.is_virtual()) return ExecVirtual(call, target, given, argv);
  // A real file that the guest's path does not lead to: the path is made to.
  UniqueFd real(::open(target.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!real.valid()) return Verdict::Fail(LastErrno());
  UMSDK_ASSIGN_OR_VERDICT(int number, call.trap().InstallFd(real.get(), true, kFirstFd));
  return LeadPathTo(call, given, number, ExecFixup{}) ? Verdict::Continue()
                                                                  : Verdict::Fail(Errno(ENOEXEC));
}

}  // namespace

Verdict HandleExecve(Call& call) { return Exec(call, AT_FDCWD, call.arg(0), call.arg(1), 0); }
Verdict HandleExecveat(Call& call) {
  return Exec(call, call.int_arg(0), call.arg(1), call.arg(2), call.int_arg(4));
}

}  // namespace umsdk
