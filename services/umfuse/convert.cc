#include "services/umfuse/convert.h"

#include <sys/sysmacros.h>

#include <algorithm>

namespace umsdk::umfuse {
namespace {

timespec Time(uint64_t seconds, uint32_t nanoseconds) {
  return {static_cast<time_t>(seconds), static_cast<long>(std::min(nanoseconds, 999999999u))};
}

}  // namespace

bool IsValid(const fuse_attr& attr) {
  mode_t type = attr.mode & S_IFMT;
  bool known = type == S_IFREG || type == S_IFDIR || type == S_IFLNK || type == S_IFCHR ||
               type == S_IFBLK || type == S_IFIFO || type == S_IFSOCK;
  return known && attr.size <= INT64_MAX;
}

Attr ToAttr(const fuse_attr& from) {
  Attr attr;
  attr.ino = from.ino;
  attr.mode = from.mode;
  attr.nlink = from.nlink;
  attr.uid = from.uid;
  attr.gid = from.gid;
  attr.rdev = FromProtocolDevice(from.rdev);
  attr.size = from.size;
  attr.blocks = from.blocks;
  attr.blksize = from.blksize != 0 ? from.blksize : 4096;
  attr.atime = Time(from.atime, from.atimensec);
  attr.mtime = Time(from.mtime, from.mtimensec);
  attr.ctime = Time(from.ctime, from.ctimensec);
  return attr;
}

Deadline ValidUntil(uint64_t seconds, uint32_t nanoseconds) {
  constexpr uint64_t kLongest = 3600 * 24 * 365;
  return std::chrono::steady_clock::now() + std::chrono::seconds(std::min(seconds, kLongest)) +
         std::chrono::nanoseconds(std::min(nanoseconds, 999999999u));
}

uint32_t ToProtocolDevice(dev_t device) {
  unsigned low = minor(device);
  return (low & 0xff) | (major(device) << 8) | ((low & ~0xffu) << 12);
}

dev_t FromProtocolDevice(uint32_t device) {
  return makedev((device & 0xfff00) >> 8, (device & 0xff) | ((device >> 12) & 0xfff00));
}

fuse_setattr_in ToSetAttr(const SetAttrRequest& change) {
  fuse_setattr_in in = {};
  if (change.mode) in.valid |= FATTR_MODE, in.mode = *change.mode;
  if (change.uid) in.valid |= FATTR_UID, in.uid = *change.uid;
  if (change.gid) in.valid |= FATTR_GID, in.gid = *change.gid;
  if (change.size) in.valid |= FATTR_SIZE, in.size = *change.size;
  if (change.atime) {
    in.valid |= FATTR_ATIME;
    in.atime = static_cast<uint64_t>(change.atime->tv_sec);
    in.atimensec = static_cast<uint32_t>(change.atime->tv_nsec);
  }
  if (change.mtime) {
    in.valid |= FATTR_MTIME;
    in.mtime = static_cast<uint64_t>(change.mtime->tv_sec);
    in.mtimensec = static_cast<uint32_t>(change.mtime->tv_nsec);
  }
  return in;
}

}  // namespace umsdk::umfuse
