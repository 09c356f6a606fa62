#include "sdk/core/call.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cstring>

namespace umsdk {

ErrnoOr<std::string> Call::String(uint64_t address, size_t limit, Errno too_long) {
  constexpr size_t kPage = 4096;
  constexpr size_t kFirst = 256;  // most paths are short: one small copy
  std::string text;
  while (text.size() < limit) {
    uint64_t at = address + text.size();
    size_t room = std::min(kPage - at % kPage, limit - text.size());
    size_t want = text.empty() ? std::min(room, kFirst) : room;
    size_t old = text.size();
    text.resize(old + want);
    size_t got = trap_.ReadMemory(at, text.data() + old, want);
    text.resize(old + got);
    size_t end = text.find('\0', old);
    if (end != std::string::npos) return text.substr(0, end);
    if (got < want) return Errno(EFAULT);
  }
  return too_long;
}

ErrnoOrOk Call::Get(uint64_t address, void* out, size_t size) {
  if (size != 0 && trap_.ReadMemory(address, out, size) != size) return Errno(EFAULT);
  return {};
}

ErrnoOrOk Call::Put(uint64_t address, const void* bytes, size_t size) {
  if (size != 0 && trap_.WriteMemory(address, bytes, size) != size) return Errno(EFAULT);
  return {};
}

const GuestStatus& Call::status() {
  if (!status_.has_value()) status_ = ReadGuestStatus(tid()).value_or(GuestStatus{});
  return *status_;
}

const GuestStatus& Call::identity() {
  if (status_.has_value()) return *status_;
  if (!identity_) identity_ = view_.identities().Of(tid());
  return *identity_;
}

void Call::UseRealIds() {
  const GuestStatus& own = identity();
  const bool same = own.caller.uid == own.real_uid && own.caller.gid == own.real_gid;
  if (same && own.dac_override == own.may_override && (own.real_uid == 0 || !own.dac_override)) return;
  identity_ = std::make_shared<const GuestStatus>(WithRealIds(own));
}

std::string Call::ProcPath(const std::string& name) const {
  return "/proc/" + std::to_string(tid()) + "/" + name;
}

std::shared_ptr<OpenObject> ObjectAt(View& view, const std::string& proc_path) {
  if (view.objects().empty()) return nullptr;
  // DONT_SYNC: what the guest holds may belong to a FUSE daemon or a server that does not answer.
  struct statx st;
  if (::statx(AT_FDCWD, proc_path.c_str(), AT_STATX_DONT_SYNC, STATX_INO, &st) != 0) return nullptr;
  const ObjectKey key{makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino};
  std::shared_ptr<OpenObject> object = view.objects().Find(key);
  if (!object || !object->stale()) return object;
  view.objects().Remove(key);
  return nullptr;
}

std::shared_ptr<OpenObject> Call::Object(int fd) {
  if (fd < 0) return nullptr;
  return ObjectAt(view_, ProcPath("fd/" + std::to_string(fd)));
}

Verdict Call::Install(const UniqueFd& fd, bool close_on_exec) {
  ErrnoOr<int> number = trap_.InstallFd(fd.get(), close_on_exec);
  return number.ok() ? Verdict::Return(*number) : Verdict::Fail(number.error());
}

}  // namespace umsdk
