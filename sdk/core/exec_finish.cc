// What is put right after an exec that was led to another path than the guest's.
#include <elf.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "sdk/base/proc_stat.h"
#include "sdk/core/exec_path.h"

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

// A field of /proc/PID/stat, numbered as in proc(5).
uint64_t StatField(pid_t tid, int number) {
  const std::optional<ProcStat> stat = ProcStat::Read(tid);
  return stat ? stat->Field(number) : 0;
}
constexpr int kStackStart = 28;  // where argc lies
constexpr int kArgEnd = 49;      // of the strings of argv

// Replaces the string at `address` when it is `from`, by one that is not longer.
bool ReplaceAt(Call& call, uint64_t address, const std::string& from, const std::string& to) {
  if (from.empty() || from.size() < to.size()) return false;
  std::string text(from.size() + 1, '\0');
  if (call.trap().ReadMemory(address, text.data(), text.size()) != text.size()) return false;
  if (text.c_str() != from) return false;
  return call.trap().PokeMemory(address, to.c_str(), to.size() + (to.size() < from.size() ? 1 : 0));
}

// Where the arguments of a new image lie: argc at `stack`, then the addresses.
ErrnoOr<uint64_t> Argument(Call& call, uint64_t stack, uint64_t index) {
  UMSDK_ASSIGN_OR_ERRNO(uint64_t count, call.Load<uint64_t>(stack));
  if (index >= count) return Errno(EINVAL);
  return call.Load<uint64_t>(stack + 8 * (index + 1));
}

// The strings behind argument `index` move up by `room` bytes, so that no rest of a longer one shows
// in /proc/PID/cmdline. The kernel has laid them out one after the other.
ErrnoOrOk CloseGap(Call& call, uint64_t stack, uint64_t index, size_t length, size_t room) {
  constexpr uint64_t kMost = uint64_t{8} << 20;  // of arguments (exec(2): 6 MB)
  UMSDK_ASSIGN_OR_ERRNO(uint64_t count, call.Load<uint64_t>(stack));
  UMSDK_ASSIGN_OR_ERRNO(uint64_t begin, Argument(call, stack, index));
  begin += length + 1;
  const uint64_t end = StatField(call.tid(), kArgEnd);
  if (end < begin + room || end - begin > kMost || count > kMost / 8) return Errno(EINVAL);
  std::string strings(end - begin, '\0');
  UMSDK_RETURN_IF_ERRNO(call.Get(begin, strings.data(), strings.size()));
  strings = strings.substr(room) + std::string(room, '\0');
  std::vector<uint64_t> addresses(count - index - 1);
  UMSDK_RETURN_IF_ERRNO(call.Get(stack + 8 * (index + 2), addresses.data(), 8 * addresses.size()));
  for (uint64_t& address : addresses) address -= room;
  UMSDK_RETURN_IF_ERRNO(call.Put(begin, strings.data(), strings.size()));
  return call.Put(stack + 8 * (index + 2), addresses.data(), 8 * addresses.size());
}

// Puts the argument of a "#!" line in, which was too long for the kernel behind the name of a
// descriptor: with the guest's own name before it there is room. Behind name and argument `room` is left.
ErrnoOrOk PutArgument(Call& call, uint64_t stack, uint64_t index, const ScriptLine& line, size_t& room) {
  UMSDK_ASSIGN_OR_ERRNO(uint64_t name, Argument(call, stack, index));
  UMSDK_ASSIGN_OR_ERRNO(uint64_t filler, Argument(call, stack, index + 1));
  if (filler != name + line.replacement.size() + 1) return Errno(EINVAL);
  if (!ReplaceAt(call, filler, line.filler, line.filler)) return Errno(EINVAL);
  const size_t more = line.argument.size() - line.filler.size();
  if (more > room) return Errno(EINVAL);
  const uint64_t argument = name + line.interpreter.size() + 1;
  UMSDK_RETURN_IF_ERRNO(call.Put(argument, line.argument.c_str(), line.argument.size() + 1));
  UMSDK_RETURN_IF_ERRNO(call.Store(stack + 8 * (index + 2), argument));
  room -= more;
  return {};
}

// Whether argument `index` is the interpreter of the line, which is put right.
bool FixLine(Call& call, uint64_t stack, uint64_t index, uint64_t address, const ScriptLine& line) {
  if (!ReplaceAt(call, address, line.replacement, line.interpreter)) return false;
  size_t room = line.replacement.size() - line.interpreter.size();
  size_t length = line.interpreter.size();
  if (!line.argument.empty() && PutArgument(call, stack, index, line, room).ok()) {
    ++index;
    length = line.argument.size();
  }
  if (room > 0) (void)CloseGap(call, stack, index, length, room);
  return true;
}

// The interpreters and the script's path, which the kernel put before the guest's own arguments.
void FixScriptArguments(Call& call, const ExecFixup& fixup) {
  constexpr uint64_t kMost = 12;  // two for each interpreter of an interpreter
  const uint64_t stack = StatField(call.tid(), kStackStart);
  for (uint64_t i = 0; stack != 0 && i < kMost; ++i) {
    ErrnoOr<uint64_t> address = Argument(call, stack, i);
    if (!address.ok()) return;
    const bool fixed = std::any_of(fixup.lines.begin(), fixup.lines.end(), [&](const ScriptLine& line) {
      return FixLine(call, stack, i, *address, line);
    });
    if (fixed || !ReplaceAt(call, *address, fixup.replacement, fixup.path)) continue;
    const size_t room = fixup.replacement.size() - fixup.path.size();
    if (room > 0) (void)CloseGap(call, stack, i, fixup.path.size(), room);
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

// The exec failed: what it would have closed is closed by the guest itself.
bool CloseDescriptors(Call& call, const std::vector<int>& descriptors) {
  std::vector<TrappedCall::GuestCall> calls;
  for (int fd : descriptors) calls.push_back({SYS_close, {static_cast<uint64_t>(fd)}});
  return !calls.empty() && call.trap().RunAsGuest(calls).ok();
}

}  // namespace

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
    if (fixup->address != 0) ReplaceAt(call, fixup->address, fixup->replacement, fixup->original);
    RemoveLead(call, *fixup);
    return CloseDescriptors(call, fixup->descriptors);
  }
  if (fixup->script) FixScriptArguments(call, *fixup);
  RestoreParent(*fixup);
  RemoveLead(call, *fixup);
  return fixup->inherited >= 0 && CloseDescriptors(call, {fixup->inherited});
}

}  // namespace umsdk
