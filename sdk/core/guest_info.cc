#include "sdk/core/guest_info.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string_view>

#include "sdk/base/unique_fd.h"

namespace umsdk {
namespace {

// The status file of the thread that was asked for last: opening it costs a third of reading it.
// An open one belongs to its thread for ever: when that is gone, reading fails (ESRCH), whoever has
// the number by then.
class StatusFile {
 public:
  // Empty when there is no such thread.
  std::string Read(pid_t tid) {
    std::string text;
    if (tid_ == tid) text = ReadNow();
    if (!text.empty()) return text;
    fd_.Reset(::open(("/proc/" + std::to_string(tid) + "/status").c_str(), O_RDONLY | O_CLOEXEC));
    tid_ = tid;
    return ReadNow();
  }

 private:
  std::string ReadNow() const {
    char text[8192];
    const ssize_t count = fd_.valid() ? ::pread(fd_.get(), text, sizeof(text), 0) : -1;
    return count > 0 ? std::string(text, static_cast<size_t>(count)) : std::string();
  }

  pid_t tid_ = 0;
  UniqueFd fd_;
};

// The text behind "\nNAME:", as far as the end of the line.
const char* Field(const std::string& status, const char* name) {
  size_t at = status.find(name);
  return at == std::string::npos ? "" : status.c_str() + at + std::string_view(name).size();
}

// The `index`-th number of a line.
unsigned long Number(const char* text, int index, int base) {
  char* end = nullptr;
  unsigned long value = 0;
  for (int i = 0; i <= index; ++i, text = end) value = std::strtoul(text, &end, base);
  return value;
}

std::vector<gid_t> Numbers(const char* text) {
  std::vector<gid_t> numbers;
  while (true) {
    while (*text == ' ' || *text == '\t') ++text;
    if (*text < '0' || *text > '9') return numbers;
    char* end = nullptr;
    numbers.push_back(static_cast<gid_t>(std::strtoul(text, &end, 10)));
    text = end;
  }
}

// Who is root in the user namespace of the thread, as its uid_map tells it here.
uid_t NamespaceRoot(pid_t tid) {
  std::ifstream map("/proc/" + std::to_string(tid) + "/uid_map");
  uint64_t inside = 0, outside = 0, count = 0;
  while (map >> inside >> outside >> count) {
    if (inside == 0) return static_cast<uid_t>(outside);
  }
  return static_cast<uid_t>(-1);
}

}  // namespace

std::optional<GuestStatus> ReadGuestStatus(pid_t tid) {
  // A thread that handles calls mostly has several of the same guest, one after the other.
  thread_local StatusFile file;
  std::string status = file.Read(tid);
  if (status.empty()) return std::nullopt;
  GuestStatus guest;
  constexpr int kFileSystemId = 3;  // real, effective, saved, file system
  guest.caller.tid = tid;
  guest.caller.uid = static_cast<uid_t>(Number(Field(status, "\nUid:"), kFileSystemId, 10));
  guest.caller.gid = static_cast<gid_t>(Number(Field(status, "\nGid:"), kFileSystemId, 10));
  guest.caller.groups = Numbers(Field(status, "\nGroups:"));
  guest.caller.umask = static_cast<mode_t>(Number(Field(status, "\nUmask:"), 0, 8));
  guest.tgid = static_cast<pid_t>(Number(Field(status, "\nTgid:"), 0, 10));
  guest.tracer = static_cast<pid_t>(Number(Field(status, "\nTracerPid:"), 0, 10));
  unsigned long capabilities = Number(Field(status, "\nCapEff:"), 0, 16);
  guest.parent = static_cast<pid_t>(Number(Field(status, "\nPPid:"), 0, 10));
  guest.sys_admin = (capabilities & (1UL << CAP_SYS_ADMIN)) != 0;
  guest.sys_chroot = (capabilities & (1UL << CAP_SYS_CHROOT)) != 0;
  guest.dac_override = (capabilities & (1UL << CAP_DAC_OVERRIDE)) != 0;
  guest.real_uid = static_cast<uid_t>(Number(Field(status, "\nUid:"), 0, 10));
  guest.real_gid = static_cast<gid_t>(Number(Field(status, "\nGid:"), 0, 10));
  const unsigned long permitted = Number(Field(status, "\nCapPrm:"), 0, 16);
  guest.may_override = (permitted & (1UL << CAP_DAC_OVERRIDE)) != 0;
  return guest;
}

GuestStatus WithRealIds(const GuestStatus& guest) {
  GuestStatus real = guest;
  real.caller.uid = guest.real_uid;
  real.caller.gid = guest.real_gid;
  real.dac_override = guest.may_override && guest.real_uid == NamespaceRoot(guest.caller.tid);
  return real;
}

std::string ReadProcLink(const std::string& path) {
  char buffer[PATH_MAX];
  ssize_t size = ::readlink(path.c_str(), buffer, sizeof(buffer));
  return size > 0 ? std::string(buffer, static_cast<size_t>(size)) : std::string();
}

}  // namespace umsdk
