// The part of FuseFileSystem that is about attributes.
#include <limits.h>
#include <sys/stat.h>

#include <algorithm>

#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

// FUSE_STATX, which linux/fuse.h of the distribution does not know yet (7.39).
constexpr uint32_t kStatxOpcode = 52;
constexpr uint32_t kFirstWithStatx = 39;

struct StatxIn {
  uint32_t getattr_flags, reserved;
  uint64_t fh;
  uint32_t sx_flags, sx_mask;
};

// fuse_statx_out with its fuse_statx.
struct StatxOut {
  uint64_t attr_valid;
  uint32_t attr_valid_nsec, flags;
  uint64_t spare[2];
  uint32_t mask, blksize;
  uint64_t attributes;
  uint32_t nlink, uid, gid;
  uint16_t mode, spare0;
  uint64_t ino, size, blocks, attributes_mask;
  uint64_t atime_seconds;
  uint32_t atime_nanoseconds;
  int32_t atime_reserved;
  uint64_t btime_seconds;
  uint32_t btime_nanoseconds;
  int32_t btime_reserved;
  uint64_t ctime_seconds;
  uint32_t ctime_nanoseconds;
  int32_t ctime_reserved;
  uint64_t mtime_seconds;
  uint32_t mtime_nanoseconds;
  int32_t mtime_reserved;
  uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
  uint64_t spare2[14];
};
static_assert(sizeof(StatxOut) == 32 + 256);

}  // namespace


ErrnoOr<Attr> FuseFileSystem::TakeAttr(NodeId node, const fuse_attr_out& out, uint64_t asked) {
  if (!IsValid(out.attr)) return Errno(EIO);
  Attr attr = ToAttr(out.attr);
  bool ours = nodes_.SetAttr(node, attr, ValidUntil(out.attr_valid, out.attr_valid_nsec), asked);
  if (!ours) DataChanged(node);
  return attr;
}

void FuseFileSystem::DataChanged(NodeId node) {
  MutexLock lock(mutex_);
  if (cache_control_ && session_ && session_->Has(FUSE_AUTO_INVAL_DATA))
    cache_control_->DropData(node);
}

ErrnoOr<Attr> FuseFileSystem::AttrOf(NodeId node, bool data_only) {
  // Who has it open may read it.
  Waiting* waiting = data_only ? nullptr : Waiting::Current();
  if (waiting != nullptr && !options_.allow_other) UMSDK_RETURN_IF_ERRNO(CheckAllowed(waiting->caller()));
  if (std::optional<Attr> fresh = nodes_.FreshAttr(node, data_only)) return *fresh;
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  fuse_getattr_in in = {};
  FileHandle open = Borrow(node, false);
  if (open != 0) {
    in.getattr_flags = FUSE_GETATTR_FH;
    in.fh = FileOf(open).fh;
  }
  Request request(FUSE_GETATTR, node);
  if (agreed.minor >= kFirstWithLongAttr) request.AddStruct(in);
  fuse_attr_out out = {};
  uint64_t asked = nodes_.Now();
  ErrnoOr<size_t> got = Ask(request, FromWaiting(), {reinterpret_cast<char*>(&out), sizeof(out)});
  GiveBack(open);
  if (!got.ok()) return got.error();
  if (*got < FUSE_COMPAT_ATTR_OUT_SIZE) return Errno(EIO);
  return TakeAttr(node, out, asked);
}

std::optional<timespec> FuseFileSystem::BirthTime(NodeId node) {
  ErrnoOr<Session> agreed = session();
  if (!agreed.ok() || agreed->minor < kFirstWithStatx) return std::nullopt;
  StatxIn in = {};
  in.sx_mask = STATX_BASIC_STATS | STATX_BTIME;
  StatxOut out = {};
  ErrnoOr<size_t> got = Ask(Request(kStatxOpcode, node).AddStruct(in), FromWaiting(),
                            {reinterpret_cast<char*>(&out), sizeof(out)});
  if (!got.ok() || *got < sizeof(out) || (out.mask & STATX_BTIME) == 0) return std::nullopt;
  long nanoseconds = static_cast<long>(std::min(out.btime_nanoseconds, 999999999u));
  return timespec{static_cast<time_t>(out.btime_seconds), nanoseconds};
}

ErrnoOr<Attr> FuseFileSystem::SetAttr(const Caller& caller, NodeId node,
                                      const SetAttrRequest& change) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  fuse_setattr_in in = ToSetAttr(change);
  if (change.mode) {
    UMSDK_ASSIGN_OR_ERRNO(Attr old, GetAttr(node));
    in.mode = (old.mode & S_IFMT) | (*change.mode & 07777);
  }
  FileHandle open = change.size ? Borrow(node, true) : 0;
  if (open != 0) in.valid |= FATTR_FH, in.fh = FileOf(open).fh;
  fuse_attr_out out = {};
  ErrnoOr<size_t> got = Ask(Request(FUSE_SETATTR, node).AddStruct(in), From(caller),
                            {reinterpret_cast<char*>(&out), sizeof(out)});
  GiveBack(open);
  if (!got.ok()) return got.error();
  nodes_.DropAttr(node);
  if (*got < FUSE_COMPAT_ATTR_OUT_SIZE) return Errno(EIO);
  return TakeAttr(node, out, nodes_.Now());
}

ErrnoOr<std::string> FuseFileSystem::ReadLink(NodeId node) {
  if (std::optional<std::string> known = nodes_.Link(node)) return *known;
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  std::string target(PATH_MAX, '\0');
  UMSDK_ASSIGN_OR_ERRNO(size_t got, Ask(Request(FUSE_READLINK, node), FromWaiting(), target));
  target.resize(got);
  target.resize(std::min(target.size(), target.find('\0')));
  if (agreed.Has(FUSE_CACHE_SYMLINKS)) nodes_.SetLink(node, target);
  return target;
}

ErrnoOrOk FuseFileSystem::Access(const Caller& caller, NodeId node, int mask) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  fuse_access_in in = {static_cast<uint32_t>(mask), 0};
  ErrnoOr<size_t> done = Ask(Request(FUSE_ACCESS, node).AddStruct(in), From(caller));
  if (done.ok() || done.error() == Errno(ENOSYS)) return {};
  return done.error();
}

}  // namespace umsdk::umfuse
