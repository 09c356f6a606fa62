#include "sdk/core/exec_path.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

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

// A plain name in a virtual working directory: a symlink in the placeholder leads on.
bool LinkInPlaceholder(Call& call, std::string path, int fd) {
  while (path.starts_with("./")) path = path.substr(2);
  if (path.empty() || path.find('/') != std::string::npos || path == "..") return false;
  std::shared_ptr<OpenObject> cwd = ObjectAt(call.view(), call.ProcPath("cwd"));
  if (!cwd || cwd->dir() == nullptr) return false;
  return cwd->dir()->LinkTo(path, "/proc/self/fd/" + std::to_string(fd));
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

bool LeadPathTo(Call& call, uint64_t address, const std::string& path, int fd, ExecFixup fixup) {
  fixup.tid = call.tid();
  if (LinkInPlaceholder(call, path, fd)) {
    if (!fixup.interpreter_replacement.empty()) call.view().fixups().Put(call.status().tgid, std::move(fixup));
    return true;
  }
  fixup.replacement = DescriptorPath(fd, path.size());
  if (fixup.replacement.empty()) return false;
  fixup.address = address;
  fixup.original = fixup.path = path;
  fixup.parent = ParentOf(call.tid());
  if (!call.trap().PokeMemory(address, fixup.replacement.data(), fixup.replacement.size())) return false;
  call.view().fixups().Put(call.status().tgid, std::move(fixup));
  return true;
}

void FinishExec(Call& call) {
  std::optional<ExecFixup> fixup = call.view().fixups().Take(call.status().tgid);
  if (!fixup.has_value()) return;
  uint64_t execfn = ExecFnAddress(call.tid());
  bool new_image = fixup->replacement.empty() || (execfn != 0 && ReplaceAt(call, execfn, fixup->replacement, fixup->path));
  if (!new_image) {
    // Another thread may call while the exec is still under way.
    if (call.tid() != fixup->tid) return call.view().fixups().Put(call.status().tgid, *std::move(fixup));
    ReplaceAt(call, fixup->address, fixup->replacement, fixup->original);
    return;
  }
  FixScriptArguments(call, *fixup);
  RestoreParent(*fixup);
}

}  // namespace umsdk
