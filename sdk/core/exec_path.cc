#include "sdk/core/exec_path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "sdk/core/place.h"
#include "sdk/core/process_stat.h"
#include "sdk/core/program_image.h"
#include "sdk/core/virtual_dir.h"

namespace umsdk {
namespace {

constexpr int kCheckOnly = 0x10000;  // AT_EXECVE_CHECK, Linux 6.14

std::string FdLink(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

// Of a path, without ".".
std::vector<std::string> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  PushComponents(names, path);
  std::reverse(names.begin(), names.end());
  std::erase(names, ".");
  return names;
}

size_t CountUps(const std::string& path) {
  const std::vector<std::string> names = NamesIn(path);
  return static_cast<size_t>(std::count(names.begin(), names.end(), ".."));
}

// A relative path from a virtual directory: a symlink in its placeholder leads on. With directories
// in the path only if `nested`.
bool LinkInPlaceholder(Call& call, const ExecPath& path, int fd, bool nested) {
  const std::vector<std::string> names = NamesIn(path.text);
  if (path.text.starts_with('/') || path.text.ends_with('/') || names.empty()) return false;
  if (CountUps(path.text) > 0) return false;
  if (names.size() > 1 && !nested) return false;
  std::string base = path.dirfd == AT_FDCWD ? "cwd" : "fd/" + std::to_string(path.dirfd);
  std::shared_ptr<OpenObject> dir = ObjectAt(call.view(), call.ProcPath(base));
  return dir && dir->dir() != nullptr && dir->dir()->LinkTo(names, FdLink(fd));
}

// A directory of our own, from which `ups` times ".." stays in what is ours: its number in the guest. So
// far it is empty.
ErrnoOr<int> InstallLead(Call& call, size_t ups, int min, ExecFixup& fixup) {
  static std::atomic<uint64_t> next{0};
  const int root = call.view().private_dir();
  std::string path = "x" + std::to_string(next++);
  for (size_t i = 0; i <= ups; ++i, path += "/d") {
    if (::mkdirat(root, path.c_str(), 0755) != 0) return LastErrno();
    fixup.made.push_back(path);
  }
  UniqueFd opened(::openat(root, fixup.made.back().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  UMSDK_ASSIGN_OR_ERRNO(int number, InstallForExec(call, opened.get(), min));
  fixup.descriptors.push_back(number);
  return number;
}

// Makes `names` from that directory on lead there.
bool FillLead(Call& call, const std::vector<std::string>& names, const ExecLead& lead, ExecFixup& fixup) {
  const int root = call.view().private_dir();
  std::string path = fixup.made.back();
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    path += "/" + names[i];
    if (::mkdirat(root, path.c_str(), 0755) == 0) {
      fixup.made.push_back(path);
    } else if (errno != EEXIST) {
      return false;
    }
  }
  path += "/" + names.back();
  const int made = lead.copy ? ::linkat(root, lead.copy->name().c_str(), root, path.c_str(), 0)
                             : ::symlinkat(FdLink(lead.fd).c_str(), root, path.c_str());
  if (made == 0) fixup.made.push_back(path);
  return made == 0;
}

std::string LeadPrefix(int directory) { return "/dev/fd/" + std::to_string(directory) + "/"; }

// Where the last part of `path` begins that leaves room for the whole path when `lead` characters stand
// before it: the strings of the new image are put right in place. npos: there is none.
size_t TailOf(const std::string& path, size_t lead) {
  for (size_t at = std::min(lead, path.size() - 1) + 1; at-- > 0;) {
    if (path[at] != '/' && (at == 0 || path[at - 1] == '/')) return at;
  }
  return std::string::npos;
}

// execveat of the path's part from `at` on, in the directory. A script's has to stay open until its
// interpreter runs, or the kernel refuses to start that.
bool ReplaceExec(Call& call, const ExecPath& path, size_t at, int directory, const ExecFixup& fixup) {
  const auto dirfd = static_cast<uint64_t>(directory);
  TrappedCall::GuestCall keep{SYS_fcntl, {dirfd, F_SETFD, 0}};
  if (fixup.script && !call.trap().RunAsGuest({&keep, 1}).ok()) return false;
  TrappedCall::Replacement replacement;
  replacement.call = {SYS_execveat, {dirfd, path.address + at, path.argv, path.envp,
                                     static_cast<uint64_t>(path.flags & kCheckOnly)}};
  for (int descriptor : fixup.descriptors) {
    replacement.afterwards.push_back({SYS_close, {static_cast<uint64_t>(descriptor)}});
  }
  return call.trap().ReplaceCall(std::move(replacement)).ok();
}

void DropLead(Call& call, ExecFixup& fixup) {
  RemoveLead(call, fixup);
  fixup.made.clear();
}

// By the last part of the guest's own string: so the kernel names the process as it would.
bool LeadByRegisters(Call& call, const ExecPath& path, const ExecLead& lead, ExecFixup& fixup) {
  if (path.text.empty()) return false;
  ErrnoOr<int> directory = InstallLead(call, CountUps(path.text), std::max(lead.fd, kFirstImageFd), fixup);
  const std::string prefix = LeadPrefix(directory.ok() ? *directory : 0);
  const size_t at = TailOf(path.text, prefix.size());
  const std::string tail = at == std::string::npos ? "" : path.text.substr(at);
  const std::vector<std::string> names = NamesIn(tail);
  if (!directory.ok() || names.empty() || !FillLead(call, names, lead, fixup) ||
      !ReplaceExec(call, path, at, *directory, fixup)) {
    DropLead(call, fixup);
    return false;
  }
  fixup.descriptors.clear();  // the thread itself closes them
  if (fixup.script) fixup.inherited = *directory;
  fixup.replacement = prefix + tail;
  fixup.path = path.text;
  call.view().fixups().Put(call.status().tgid, std::move(fixup));
  return true;
}

// "/dev/fd/D/NAME", so that the kernel names the process after it, stretched to the length of the
// path. Empty when that is shorter.
std::string NamedPath(Call& call, const std::string& path, int fd, ExecFixup& fixup) {
  const std::string name = path.substr(path.rfind('/') + 1);
  if (name.empty() || path.find('/') == std::string::npos || path.size() < name.size() + 1) return "";
  ErrnoOr<int> number = InstallLead(call, 0, std::max(fd, kFirstImageFd), fixup);
  if (!number.ok() || !FillLead(call, {name}, {.fd = fd, .copy = nullptr}, fixup)) return "";
  std::string lead = DescriptorPath(*number, path.size() - name.size() - 1);
  return lead.empty() ? "" : lead + "/" + name;
}

// Over the bytes of the path: for a guest whose registers a debugger of its own has.
bool LeadByBytes(Call& call, const ExecPath& path, int fd, ExecFixup fixup) {
  fixup.replacement = NamedPath(call, path.text, fd, fixup);
  if (fixup.replacement.empty()) fixup.replacement = DescriptorPath(fd, path.text.size());
  if (fixup.replacement.empty()) {
    RemoveLead(call, fixup);
    return false;
  }
  fixup.address = path.address;
  fixup.original = fixup.path = path.text;
  fixup.parent = ReadProcessStat(call.tid()).value_or(ProcessStat()).parent;
  if (!call.trap().PokeMemory(path.address, fixup.replacement.data(), fixup.replacement.size())) return false;
  call.view().fixups().Put(call.status().tgid, std::move(fixup));
  return true;
}

}  // namespace

std::string DescriptorPath(int fd, size_t length) {
  std::string number = std::to_string(fd);
  for (std::string prefix : {std::string("/proc/self/fd/"), std::string("/dev/fd/")}) {
    if (prefix.size() + number.size() > length) continue;
    return prefix + std::string(length - prefix.size() - number.size(), '/') + number;
  }
  return "";
}

void RemoveLead(Call& call, const ExecFixup& fixup) {
  const int root = call.view().private_dir();
  for (size_t i = fixup.made.size(); i-- > 0;) {
    const bool link = i > 0 && i + 1 == fixup.made.size();
    if (!link || ::unlinkat(root, fixup.made[i].c_str(), 0) != 0) {
      ::unlinkat(root, fixup.made[i].c_str(), AT_REMOVEDIR);
    }
  }
}

bool LeadPathTo(Call& call, const ExecPath& path, const ExecLead& lead, ExecFixup fixup) {
  fixup.tid = call.tid();
  if (lead.copy) return LeadByRegisters(call, path, lead, fixup);
  // In a directory that others use, too, the number must be one that all agree on.
  const bool agreed = lead.fd >= kFirstImageFd;
  if (agreed && LinkInPlaceholder(call, path, lead.fd, false)) {
    call.view().fixups().Put(call.status().tgid, std::move(fixup));
    return true;
  }
  if (LeadByRegisters(call, path, lead, fixup)) return true;
  if (agreed && LinkInPlaceholder(call, path, lead.fd, true)) {
    call.view().fixups().Put(call.status().tgid, std::move(fixup));
    return true;
  }
  return LeadByBytes(call, path, lead.fd, std::move(fixup));
}

}  // namespace umsdk
