#include "sdk/syscall/flag_names.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <span>
#include <string_view>

#include "sdk/syscall/number_format.h"

namespace umsdk {
namespace {

struct FlagName {
  uint64_t value;
  std::string_view name;
};

#define UMSDK_FLAG(flag) \
  { static_cast<uint64_t>(flag), #flag }

// Numbers that userspace headers leave out or define as something else.
constexpr uint64_t kLargeFile = 0100000;  // glibc's O_LARGEFILE is 0 on x86-64

constexpr FlagName kAccessModes[] = {UMSDK_FLAG(O_RDONLY), UMSDK_FLAG(O_WRONLY),
                                     UMSDK_FLAG(O_RDWR)};
// A flag that contains another one stands before it.
constexpr FlagName kOpenBits[] = {
    UMSDK_FLAG(O_CREAT),    UMSDK_FLAG(O_EXCL),          UMSDK_FLAG(O_NOCTTY),
    UMSDK_FLAG(O_TRUNC),    UMSDK_FLAG(O_APPEND),        UMSDK_FLAG(O_NONBLOCK),
    UMSDK_FLAG(O_SYNC),     UMSDK_FLAG(O_DSYNC),         UMSDK_FLAG(O_ASYNC),
    UMSDK_FLAG(O_DIRECT),   {kLargeFile, "O_LARGEFILE"}, UMSDK_FLAG(O_TMPFILE),
    UMSDK_FLAG(O_NOFOLLOW), UMSDK_FLAG(O_DIRECTORY),     UMSDK_FLAG(O_NOATIME),
    UMSDK_FLAG(O_PATH),     UMSDK_FLAG(O_CLOEXEC)};
constexpr FlagName kAtBits[] = {UMSDK_FLAG(AT_SYMLINK_NOFOLLOW), UMSDK_FLAG(AT_SYMLINK_FOLLOW),
                                UMSDK_FLAG(AT_NO_AUTOMOUNT),     UMSDK_FLAG(AT_EMPTY_PATH),
                                UMSDK_FLAG(AT_STATX_FORCE_SYNC), UMSDK_FLAG(AT_STATX_DONT_SYNC)};
constexpr FlagName kFaccessBits[] = {UMSDK_FLAG(AT_EACCESS), UMSDK_FLAG(AT_SYMLINK_NOFOLLOW),
                                     UMSDK_FLAG(AT_EMPTY_PATH)};
constexpr FlagName kUnlinkBits[] = {UMSDK_FLAG(AT_REMOVEDIR)};
constexpr FlagName kRenameBits[] = {
    {1, "RENAME_NOREPLACE"}, {2, "RENAME_EXCHANGE"}, {4, "RENAME_WHITEOUT"}};
constexpr FlagName kAccessBits[] = {UMSDK_FLAG(R_OK), UMSDK_FLAG(W_OK), UMSDK_FLAG(X_OK)};
constexpr FlagName kWhences[] = {UMSDK_FLAG(SEEK_SET), UMSDK_FLAG(SEEK_CUR), UMSDK_FLAG(SEEK_END),
                                 UMSDK_FLAG(SEEK_DATA), UMSDK_FLAG(SEEK_HOLE)};
constexpr FlagName kFcntlCommands[] = {
    UMSDK_FLAG(F_DUPFD),           UMSDK_FLAG(F_GETFD),
    UMSDK_FLAG(F_SETFD),           UMSDK_FLAG(F_GETFL),
    UMSDK_FLAG(F_SETFL),           UMSDK_FLAG(F_GETLK),
    UMSDK_FLAG(F_SETLK),           UMSDK_FLAG(F_SETLKW),
    UMSDK_FLAG(F_SETOWN),          UMSDK_FLAG(F_GETOWN),
    UMSDK_FLAG(F_SETSIG),          UMSDK_FLAG(F_GETSIG),
    UMSDK_FLAG(F_SETOWN_EX),       UMSDK_FLAG(F_GETOWN_EX),
    UMSDK_FLAG(F_OFD_GETLK),       UMSDK_FLAG(F_OFD_SETLK),
    UMSDK_FLAG(F_OFD_SETLKW),      UMSDK_FLAG(F_SETLEASE),
    UMSDK_FLAG(F_GETLEASE),        UMSDK_FLAG(F_NOTIFY),
    UMSDK_FLAG(F_DUPFD_CLOEXEC),   UMSDK_FLAG(F_SETPIPE_SZ),
    UMSDK_FLAG(F_GETPIPE_SZ),      UMSDK_FLAG(F_ADD_SEALS),
    UMSDK_FLAG(F_GET_SEALS),       UMSDK_FLAG(F_GET_RW_HINT),
    UMSDK_FLAG(F_SET_RW_HINT),     UMSDK_FLAG(F_GET_FILE_RW_HINT),
    UMSDK_FLAG(F_SET_FILE_RW_HINT)};
constexpr FlagName kProtBits[] = {UMSDK_FLAG(PROT_READ), UMSDK_FLAG(PROT_WRITE),
                                  UMSDK_FLAG(PROT_EXEC), UMSDK_FLAG(PROT_GROWSDOWN),
                                  UMSDK_FLAG(PROT_GROWSUP)};
constexpr FlagName kMapTypes[] = {UMSDK_FLAG(MAP_SHARED), UMSDK_FLAG(MAP_PRIVATE),
                                  UMSDK_FLAG(MAP_SHARED_VALIDATE)};
constexpr FlagName kMapBits[] = {
    UMSDK_FLAG(MAP_FIXED),     UMSDK_FLAG(MAP_ANONYMOUS),      UMSDK_FLAG(MAP_32BIT),
    UMSDK_FLAG(MAP_GROWSDOWN), UMSDK_FLAG(MAP_DENYWRITE),      UMSDK_FLAG(MAP_EXECUTABLE),
    UMSDK_FLAG(MAP_LOCKED),    UMSDK_FLAG(MAP_NORESERVE),      UMSDK_FLAG(MAP_POPULATE),
    UMSDK_FLAG(MAP_NONBLOCK),  UMSDK_FLAG(MAP_STACK),          UMSDK_FLAG(MAP_HUGETLB),
    UMSDK_FLAG(MAP_SYNC),      UMSDK_FLAG(MAP_FIXED_NOREPLACE)};
constexpr FlagName kFamilies[] = {
    UMSDK_FLAG(AF_UNSPEC),    UMSDK_FLAG(AF_UNIX),   UMSDK_FLAG(AF_INET), UMSDK_FLAG(AF_INET6),
    UMSDK_FLAG(AF_NETLINK),   UMSDK_FLAG(AF_PACKET), UMSDK_FLAG(AF_ALG),  UMSDK_FLAG(AF_VSOCK),
    UMSDK_FLAG(AF_BLUETOOTH), UMSDK_FLAG(AF_CAN),    UMSDK_FLAG(AF_TIPC), UMSDK_FLAG(AF_XDP),
    UMSDK_FLAG(AF_KEY)};
constexpr FlagName kSocketTypes[] = {UMSDK_FLAG(SOCK_STREAM),    UMSDK_FLAG(SOCK_DGRAM),
                                     UMSDK_FLAG(SOCK_RAW),       UMSDK_FLAG(SOCK_RDM),
                                     UMSDK_FLAG(SOCK_SEQPACKET), UMSDK_FLAG(SOCK_DCCP),
                                     UMSDK_FLAG(SOCK_PACKET)};
constexpr FlagName kSocketBits[] = {UMSDK_FLAG(SOCK_CLOEXEC), UMSDK_FLAG(SOCK_NONBLOCK)};
constexpr FlagName kMountBits[] = {
    UMSDK_FLAG(MS_RDONLY),     UMSDK_FLAG(MS_NOSUID),      UMSDK_FLAG(MS_NODEV),
    UMSDK_FLAG(MS_NOEXEC),     UMSDK_FLAG(MS_SYNCHRONOUS), UMSDK_FLAG(MS_REMOUNT),
    UMSDK_FLAG(MS_MANDLOCK),   UMSDK_FLAG(MS_DIRSYNC),     UMSDK_FLAG(MS_NOATIME),
    UMSDK_FLAG(MS_NODIRATIME), UMSDK_FLAG(MS_BIND),        UMSDK_FLAG(MS_MOVE),
    UMSDK_FLAG(MS_REC),        UMSDK_FLAG(MS_SILENT),      UMSDK_FLAG(MS_POSIXACL),
    UMSDK_FLAG(MS_UNBINDABLE), UMSDK_FLAG(MS_PRIVATE),     UMSDK_FLAG(MS_SLAVE),
    UMSDK_FLAG(MS_SHARED),     UMSDK_FLAG(MS_RELATIME),    UMSDK_FLAG(MS_STRICTATIME),
    UMSDK_FLAG(MS_LAZYTIME)};
constexpr FlagName kUmountBits[] = {UMSDK_FLAG(MNT_FORCE), UMSDK_FLAG(MNT_DETACH),
                                    UMSDK_FLAG(MNT_EXPIRE), UMSDK_FLAG(UMOUNT_NOFOLLOW)};
constexpr FlagName kCloneBits[] = {UMSDK_FLAG(CLONE_VM),
                                   UMSDK_FLAG(CLONE_FS),
                                   UMSDK_FLAG(CLONE_FILES),
                                   UMSDK_FLAG(CLONE_SIGHAND),
                                   UMSDK_FLAG(CLONE_PIDFD),
                                   UMSDK_FLAG(CLONE_PTRACE),
                                   UMSDK_FLAG(CLONE_VFORK),
                                   UMSDK_FLAG(CLONE_PARENT),
                                   UMSDK_FLAG(CLONE_THREAD),
                                   UMSDK_FLAG(CLONE_NEWNS),
                                   UMSDK_FLAG(CLONE_SYSVSEM),
                                   UMSDK_FLAG(CLONE_SETTLS),
                                   UMSDK_FLAG(CLONE_PARENT_SETTID),
                                   UMSDK_FLAG(CLONE_CHILD_CLEARTID),
                                   UMSDK_FLAG(CLONE_DETACHED),
                                   UMSDK_FLAG(CLONE_UNTRACED),
                                   UMSDK_FLAG(CLONE_CHILD_SETTID),
                                   UMSDK_FLAG(CLONE_NEWCGROUP),
                                   UMSDK_FLAG(CLONE_NEWUTS),
                                   UMSDK_FLAG(CLONE_NEWIPC),
                                   UMSDK_FLAG(CLONE_NEWUSER),
                                   UMSDK_FLAG(CLONE_NEWPID),
                                   UMSDK_FLAG(CLONE_NEWNET),
                                   UMSDK_FLAG(CLONE_IO)};
// In unshare and setns the low byte is not a signal.
constexpr FlagName kNamespaceBits[] = {
    UMSDK_FLAG(CLONE_FS),     UMSDK_FLAG(CLONE_FILES),   UMSDK_FLAG(CLONE_NEWTIME),
    UMSDK_FLAG(CLONE_NEWNS),  UMSDK_FLAG(CLONE_SYSVSEM), UMSDK_FLAG(CLONE_NEWCGROUP),
    UMSDK_FLAG(CLONE_NEWUTS), UMSDK_FLAG(CLONE_NEWIPC),  UMSDK_FLAG(CLONE_NEWUSER),
    UMSDK_FLAG(CLONE_NEWPID), UMSDK_FLAG(CLONE_NEWNET)};
constexpr FlagName kSignals[] = {
    UMSDK_FLAG(SIGHUP),  UMSDK_FLAG(SIGINT),    UMSDK_FLAG(SIGQUIT), UMSDK_FLAG(SIGILL),
    UMSDK_FLAG(SIGTRAP), UMSDK_FLAG(SIGABRT),   UMSDK_FLAG(SIGBUS),  UMSDK_FLAG(SIGFPE),
    UMSDK_FLAG(SIGKILL), UMSDK_FLAG(SIGUSR1),   UMSDK_FLAG(SIGSEGV), UMSDK_FLAG(SIGUSR2),
    UMSDK_FLAG(SIGPIPE), UMSDK_FLAG(SIGALRM),   UMSDK_FLAG(SIGTERM), UMSDK_FLAG(SIGSTKFLT),
    UMSDK_FLAG(SIGCHLD), UMSDK_FLAG(SIGCONT),   UMSDK_FLAG(SIGSTOP), UMSDK_FLAG(SIGTSTP),
    UMSDK_FLAG(SIGTTIN), UMSDK_FLAG(SIGTTOU),   UMSDK_FLAG(SIGURG),  UMSDK_FLAG(SIGXCPU),
    UMSDK_FLAG(SIGXFSZ), UMSDK_FLAG(SIGVTALRM), UMSDK_FLAG(SIGPROF), UMSDK_FLAG(SIGWINCH),
    UMSDK_FLAG(SIGIO),   UMSDK_FLAG(SIGPWR),    UMSDK_FLAG(SIGSYS)};

#undef UMSDK_FLAG

constexpr uint64_t kAll = ~uint64_t{0};

// The bits of enum_mask hold one of enums, the other bits are flags.
struct KindNames {
  ArgKind kind;
  uint64_t enum_mask;
  std::span<const FlagName> enums;
  std::span<const FlagName> bits;
  std::string_view zero = "0";
};

constexpr KindNames kKinds[] = {
    {ArgKind::kOpenFlags, O_ACCMODE, kAccessModes, kOpenBits},
    {ArgKind::kDescriptorFlags, 0, {}, kOpenBits},
    {ArgKind::kAtFlags, 0, {}, kAtBits},
    {ArgKind::kFaccessFlags, 0, {}, kFaccessBits},
    {ArgKind::kUnlinkFlags, 0, {}, kUnlinkBits},
    {ArgKind::kRenameFlags, 0, {}, kRenameBits},
    {ArgKind::kAccessMode, 0, {}, kAccessBits, "F_OK"},
    {ArgKind::kWhence, kAll, kWhences, {}},
    {ArgKind::kFcntlCommand, kAll, kFcntlCommands, {}},
    {ArgKind::kMmapProt, 0, {}, kProtBits, "PROT_NONE"},
    {ArgKind::kMmapFlags, MAP_TYPE, kMapTypes, kMapBits},
    {ArgKind::kAddressFamily, kAll, kFamilies, {}},
    {ArgKind::kSocketType, 0xf, kSocketTypes, kSocketBits},
    {ArgKind::kSocketFlags, 0, {}, kSocketBits},
    {ArgKind::kMountFlags, 0, {}, kMountBits},
    {ArgKind::kUmountFlags, 0, {}, kUmountBits},
    {ArgKind::kCloneFlags, 0xff, kSignals, kCloneBits},
    {ArgKind::kNamespaceFlags, 0, {}, kNamespaceBits},
    {ArgKind::kSignal, kAll, kSignals, {}},
};

void Append(std::string& text, std::string_view name) {
  if (!text.empty()) text += '|';
  text += name;
}

std::string Spell(const KindNames& names, uint64_t value) {
  std::string text;
  uint64_t unknown = value;
  for (const FlagName& name : names.enums) {
    if (name.value != (value & names.enum_mask)) continue;
    Append(text, name.name);
    unknown &= ~names.enum_mask;
    break;
  }
  for (const FlagName& bit : names.bits) {
    if ((unknown & ~names.enum_mask & bit.value) != bit.value) continue;
    Append(text, bit.name);
    unknown &= ~bit.value;
  }
  if (unknown != 0) Append(text, names.enum_mask == kAll ? Decimal(value) : Hex(unknown));
  return text.empty() ? std::string(names.zero) : text;
}

}  // namespace

std::string FormatFlags(ArgKind kind, uint64_t value) {
  for (const KindNames& names : kKinds) {
    if (names.kind == kind) return Spell(names, value);
  }
  return value == 0 ? "0" : Hex(value);
}

bool OpenFlagsCreate(uint64_t flags) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

}  // namespace umsdk
