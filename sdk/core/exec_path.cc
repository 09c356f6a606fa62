#include "sdk/core/exec_path.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

#include "sdk/core/virtual_dir.h"

namespace umsdk {
namespace {

std::string ReadAll(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text(16384, '\0');
  ssize_t size = fd.valid() ? ::read(fd.get(), text.data(), text.size()) : 0;
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return text;
}

// The address of the executed path on the new image's stack.
uint64_t ExecFnAddress(pid_t tid) {
  std::string auxv = ReadAll("/proc/" + std::to_string(tid) + "/auxv");
  for (size_t at = 0; at + sizeof(Elf64_auxv_t) <= auxv.size(); at += sizeof(Elf64_auxv_t)) {
    Elf64_auxv_t entry;
    std::memcpy(&entry, auxv.data() + at, sizeof(entry));
    if (entry.a_type == AT_EXECFN) return entry.a_un.a_val;
  }
  return 0;
}

// Where argc lies: field 28 of /proc/PID/stat (startstack).
uint64_t StackStart(pid_t tid) {
  std::string stat = ReadAll("/proc/" + std::to_string(tid) + "/stat");
  size_t at = stat.rfind(')');
  for (int field = 2; at != std::string::npos && field < 28; ++field) at = stat.find(' ', at + 1);
  return at == std::string::npos ? 0 : std::strtoull(stat.c_str() + at, nullptr, 10);
}

// Replaces the string at `address` when it is `from`. Both have the same length.
bool ReplaceAt(Call& call, uint64_t address, const std::string& from, const std::string& to) {
  if (from.empty() || from.size() != to.size()) return false;
  std::string text(from.size() + 1, '\0');
  if (call.trap().ReadMemory(address, text.data(), text.size()) != text.size()) return false;
  if (text.c_str() != from) return false;
  return call.trap().PokeMemory(address, to.c_str(), to.size());
}

// The interpreter and the script's path, which the kernel put before the guest's own arguments.
void FixScriptArguments(Call& call, const ExecFixup& fixup) {
  uint64_t stack = StackStart(call.tid());
  std::array<uint64_t, 4> words{};  // argc, argv[0..2]
  if (stack == 0 || call.trap().ReadMemory(stack, words.data(), sizeof(words)) != sizeof(words)) return;
  for (size_t i = 1; i < words.size(); ++i) {
    if (ReplaceAt(call, words[i], fixup.interpreter_replacement, fixup.interpreter)) continue;
    ReplaceAt(call, words[i], fixup.replacement, fixup.path);
  }
}

// After vfork the overwritten string was the parent's, too.
void RestoreParent(const ExecFixup& fixup) {
  if (fixup.parent == 0 || fixup.original.empty()) return;
  UniqueFd memory(::open(("/proc/" + std::to_string(fixup.parent) + "/mem").c_str(), O_RDWR | O_CLOEXEC));
  std::string now(fixup.replacement.size(), '\0');
  auto offset = static_cast<off_t>(fixup.address);
  if (!memory.valid() || ::pread(memory.get(), now.data(), now.size(), offset) != static_cast<ssize_t>(now.size())) {
    return;
  }
  if (now == fixup.replacement && ::pwrite(memory.get(), fixup.original.data(), fixup.original.size(), offset) < 0) {
    return;
  }
}

pid_t ParentOf(pid_t tid) {
  std::string stat = ReadAll("/proc/" + std::to_string(tid) + "/stat");
  size_t at = stat.rfind(')');
  return at == std::string::npos || at + 4 > stat.size() ? 0 : std::atoi(stat.c_str() + at + 4);
}

// A plain name in a virtual directory: a symlink in its placeholder leads on.
bool LinkInPlaceholder(Call& call, const ExecPath& path, int fd) {
  std::string name = path.text;
  while (name.starts_with("./")) name = name.substr(2);
  if (name.empty() || name.find('/') != std::string::npos || name == "..") return false;
  std::string base = path.dirfd == AT_FDCWD ? "cwd" : "fd/" + std::to_string(path.dirfd);
  std::shared_ptr<OpenObject> dir = ObjectAt(call.view(), call.ProcPath(base));
  if (!dir || dir->dir() == nullptr) return false;
  return dir->dir()->LinkTo(name, "/proc/self/fd/" + std::to_string(fd));
}

// A directory of our own with a symlink of the program's name, so that the kernel names the process
// after it: "/dev/fd/D/NAME". Empty when that is longer than the path.
std::string NamedPath(Call& call, const std::string& path, int fd, ExecFixup& fixup) {
  static std::atomic<uint64_t> next{0};
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.empty() || path.find('/') == std::string::npos) return "";
  int root = call.view().private_dir();
  std::string dir = "x" + std::to_string(next++);
  if (::mkdirat(root, dir.c_str(), 0755) != 0) return "";
  fixup.directory = dir;
  fixup.link = dir + "/" + name;
  UniqueFd opened(::openat(root, dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::symlinkat(("/proc/self/fd/" + std::to_string(fd)).c_str(), root, fixup.link.c_str()) != 0) return "";
  ErrnoOr<int> number = call.trap().InstallFd(opened.get(), true, fd);
  if (number.ok()) fixup.descriptors.push_back(*number);
  if (!number.ok() || path.size() < name.size() + 1) return "";
  std::string lead = DescriptorPath(*number, path.size() - name.size() - 1);
  return lead.empty() ? "" : lead + "/" + name;
}

// The exec failed: what it would have closed is closed by the guest itself.
bool CloseDescriptors(Call& call, const ExecFixup& fixup) {
  std::vector<TrappedCall::GuestCall> calls;
  for (int fd : fixup.descriptors) calls.push_back({SYS_close, {static_cast<uint64_t>(fd)}});
  return !calls.empty() && call.trap().RunAsGuest(calls).ok();
}

void RemoveNamedPath(Call& call, const ExecFixup& fixup) {
  int root = call.view().private_dir();
  if (!fixup.link.empty()) ::unlinkat(root, fixup.link.c_str(), 0);
  if (!fixup.directory.empty()) ::unlinkat(root, fixup.directory.c_str(), AT_REMOVEDIR);
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

bool LeadPathTo(Call& call, const ExecPath& path, int fd, ExecFixup fixup) {
  fixup.tid = call.tid();
  if (LinkInPlaceholder(call, path, fd)) {
    call.view().fixups().Put(call.status().tgid, std::move(fixup));
    return true;
  }
  fixup.replacement = NamedPath(call, path.text, fd, fixup);
  if (fixup.replacement.empty()) fixup.replacement = DescriptorPath(fd, path.text.size());
  if (fixup.replacement.empty()) {
    RemoveNamedPath(call, fixup);
    return false;
  }
  fixup.address = path.address;
  fixup.original = fixup.path = path.text;
  fixup.parent = ParentOf(call.tid());
  if (!call.trap().PokeMemory(path.address, fixup.replacement.data(), fixup.replacement.size())) return false;
  call.view().fixups().Put(call.status().tgid, std::move(fixup));
  return true;
}

bool FinishExec(Call& call) {
  std::optional<ExecFixup> fixup = call.view().fixups().Take(call.status().tgid);
  if (!fixup.has_value()) return false;
  uint64_t execfn = ExecFnAddress(call.tid());
  // A path that was left alone is told by its descriptors: the exec closed them.
  bool new_image = fixup->replacement.empty()
                       ? !call.Object(fixup->descriptors.empty() ? -1 : fixup->descriptors[0])
                       : execfn != 0 && ReplaceAt(call, execfn, fixup->replacement, fixup->path);
  if (!new_image) {
    // Another thread may call while the exec is still under way.
    if (call.tid() != fixup->tid) {
      call.view().fixups().Put(call.status().tgid, *std::move(fixup));
      return false;
    }
    ReplaceAt(call, fixup->address, fixup->replacement, fixup->original);
    RemoveNamedPath(call, *fixup);
    return CloseDescriptors(call, *fixup);
  }
  FixScriptArguments(call, *fixup);
  RestoreParent(*fixup);
  RemoveNamedPath(call, *fixup);
  return false;
}

}  // namespace umsdk
