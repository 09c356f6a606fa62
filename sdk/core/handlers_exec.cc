// execve, execveat.
//
// The kernel opens the image, its "#!" interpreter and its PT_INTERP by itself, past our listener. So
// what is virtual among them is handed to the guest as a descriptor that closes on exec, and the path
// that names it is made to lead there (exec_path.h).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "sdk/core/chain_context.h"
#include "sdk/core/exec_below_root.h"
#include "sdk/core/exec_path.h"
#include "sdk/core/handlers.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/program_image.h"

namespace umsdk {
namespace {

// A 32-bit image would make calls that we do not see; an unreadable one hides its memory from us.
std::optional<Verdict> RefuseImage(Call& call, const ProgramImage& image) {
  if (image.info.kind == ImageInfo::Kind::kElf32) {
    call.view().Report(image.path + ": 32-bit programs cannot run in a view (ENOEXEC); use a 64-bit build");
    call.MarkHandled();
    return Verdict::Fail(Errno(ENOEXEC));
  }
  // The kernel would open the interpreter of a script by itself.
  if (image.info.kind == ImageInfo::Kind::kScript && !image.info.interpreter.empty()) {
    ProgramImage interpreter = OpenRealImage(call, image.info.interpreter, PathKind::kGuests);
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

std::optional<Verdict> AskServices(Call& call, const ProgramImage& image, uint64_t argv) {
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

// `led`: the guest's own path leads the kernel there.
ErrnoOr<ExecLead> Prepare(Call& call, const ProgramImage& image, bool led, ExecFixup& fixup) {
  ExecLead lead;
  fixup.script = image.info.kind == ImageInfo::Kind::kScript;
  if (HasVirtualRoot(call)) {
    UMSDK_RETURN_IF_ERRNO(HoldInterpreters(call, image));
    if (led) return lead;
    UMSDK_ASSIGN_OR_ERRNO(lead.copy, CopyOfImage(call, image));
    return lead;
  }
  UMSDK_ASSIGN_OR_ERRNO(lead.fd, PrepareImage(call, image, fixup));
  if (lead.fd >= 0 || led) return lead;
  UMSDK_ASSIGN_OR_ERRNO(lead.fd, InstallForExec(call, image.real.get()));
  fixup.descriptors.push_back(lead.fd);
  return lead;
}

Verdict ExecReal(Call& call, const std::string& path, PathKind kind, const ExecPath& given, bool led) {
  ProgramImage image = OpenRealImage(call, path, kind);
  if (std::optional<Verdict> refused = RefuseImage(call, image)) return *refused;
  if (!image.real.valid()) return led ? Verdict::Continue() : Verdict::Fail(LastErrno());
  if (std::optional<Verdict> answer = AskServices(call, image, given.argv)) return *answer;
  ExecFixup fixup;
  UMSDK_ASSIGN_OR_VERDICT(ExecLead lead, Prepare(call, image, led, fixup));
  if (lead.none()) return Verdict::Continue();
  call.MarkHandled();
  return LeadPathTo(call, given, lead, fixup) ? Verdict::Continue() : Verdict::Fail(Errno(ENOEXEC));
}

Verdict ExecVirtual(Call& call, const Target& target, const ExecPath& given) {
  call.MarkHandled();
  UMSDK_ASSIGN_OR_VERDICT(ProgramImage image, OpenVirtualImage(call, target));
  if (std::optional<Verdict> refused = RefuseImage(call, image)) return *refused;
  if (std::optional<Verdict> answer = AskServices(call, image, given.argv)) return *answer;
  ExecFixup fixup;
  if (target.object && target.object->file() && given.text.find("/fd/") != std::string::npos) {
    UMSDK_ASSIGN_OR_VERDICT(bool whole, target.object->file()->Populate());
    return whole ? Verdict::Continue() : Verdict::Fail(Errno(ENOMEM));
  }
  UMSDK_ASSIGN_OR_VERDICT(ExecLead lead, Prepare(call, image, false, fixup));
  if (!LeadPathTo(call, given, lead, fixup)) {
    call.view().Report(target.path + ": cannot be executed by so short a name as \"" + given.text +
                       "\"; use its absolute path");
    return Verdict::Fail(Errno(ENOEXEC));
  }
  return Verdict::Continue();
}

// execveat with AT_EMPTY_PATH: the kernel has the image already.
Verdict ExecDescriptor(Call& call, int fd) {
  std::shared_ptr<OpenObject> object = call.Object(fd);
  const bool ours = object && object->file() != nullptr;
  if (HasVirtualRoot(call)) {
    ProgramImage image;
    if (ours) {
      image.file = std::shared_ptr<VirtualFile>(object, object->file());
      image.Inspect();
    } else {
      image = OpenRealImage(call, call.ProcPath("fd/" + std::to_string(fd)), PathKind::kHosts);
    }
    UMSDK_VERDICT_IF_ERRNO(HoldInterpreters(call, image));
  }
  if (!ours) return Verdict::Continue();
  UMSDK_ASSIGN_OR_VERDICT(bool whole, object->file()->Populate());
  return whole ? Verdict::Continue() : Verdict::Fail(Errno(ENOMEM));
}

Verdict Exec(Call& call, ExecPath given) {
  const int dirfd = given.dirfd, flags = given.flags;
  constexpr int kCheckOnly = 0x10000;  // AT_EXECVE_CHECK, Linux 6.14
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | kCheckOnly)) != 0) return Verdict::Continue();  // EINVAL
  UMSDK_ASSIGN_OR_VERDICT(given.text, call.Path(given.address));
  const std::string& path = given.text;
  if (!call.view().dumpable().empty()) call.view().dumpable().NoteExec(call.status().tgid);
  if (path.empty() && (flags & AT_EMPTY_PATH) == 0) return Verdict::Continue();
  if (!call.layer().has_names() && call.view().objects().empty()) {
    return ExecReal(call, PlainPath(call, dirfd, path), PathKind::kGuests, given, true);
  }
  if (path.empty()) return ExecDescriptor(call, dirfd);
  UMSDK_ASSIGN_OR_VERDICT(Target target,
                          WalkPath(call, dirfd, path, {.follow = (flags & AT_SYMLINK_NOFOLLOW) == 0}));
  if (target.native) return ExecReal(call, target.path, PathKind::kCanonical, given, true);
  if (target.is_virtual() && (flags & kCheckOnly) != 0) return ToVerdict(CheckExecutable(call, target));
  if (target.is_virtual()) return ExecVirtual(call, target, given);
  return ExecReal(call, target.path, PathKind::kCanonical, given, false);
}

}  // namespace

Verdict HandleExecve(Call& call) {
  Verdict verdict = Exec(call, {.address = call.arg(0), .argv = call.arg(1), .envp = call.arg(2)});
  call.view().identities().WillExec(call.tid());
  return verdict;
}
Verdict HandleExecveat(Call& call) {
  Verdict verdict = Exec(call, {.dirfd = call.int_arg(0),
                                .address = call.arg(1),
                                .argv = call.arg(2),
                                .envp = call.arg(3),
                                .flags = call.int_arg(4)});
  call.view().identities().WillExec(call.tid());
  return verdict;
}

}  // namespace umsdk
