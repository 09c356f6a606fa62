#include "sdk/core/stat_format.h"

#include <sys/sysmacros.h>

namespace umsdk {
namespace {

uint64_t InodeOf(const Attr& attr, const NodeRef* node) {
  if (attr.ino != 0) return attr.ino;
  return node != nullptr ? node->id() : 1;
}

statx_timestamp ToStatxTime(const timespec& time) {
  statx_timestamp out = {};
  out.tv_sec = time.tv_sec;
  out.tv_nsec = static_cast<uint32_t>(time.tv_nsec);
  return out;
}

}  // namespace

struct stat ToStat(const Attr& attr, const Mount* mount, const NodeRef* node) {
  struct stat st = {};
  st.st_dev = mount != nullptr ? mount->dev : 0;
  st.st_ino = InodeOf(attr, node);
  st.st_mode = attr.mode;
  st.st_nlink = attr.nlink;
  st.st_uid = attr.uid;
  st.st_gid = attr.gid;
  st.st_rdev = attr.rdev;
  st.st_size = static_cast<off_t>(attr.size);
  st.st_blksize = attr.blksize;
  st.st_blocks = static_cast<blkcnt_t>(attr.blocks);
  st.st_atim = attr.atime;
  st.st_mtim = attr.mtime;
  st.st_ctim = attr.ctime;
  return st;
}

struct statx ToStatx(const Attr& attr, const Mount* mount, const NodeRef* node) {
  struct statx stx = {};
  stx.stx_mask = STATX_BASIC_STATS | (attr.btime.tv_sec != 0 ? STATX_BTIME : 0u);
  stx.stx_blksize = attr.blksize;
  stx.stx_nlink = static_cast<uint32_t>(attr.nlink);
  stx.stx_uid = attr.uid;
  stx.stx_gid = attr.gid;
  stx.stx_mode = static_cast<uint16_t>(attr.mode);
  stx.stx_ino = InodeOf(attr, node);
  stx.stx_size = attr.size;
  stx.stx_blocks = attr.blocks;
  stx.stx_atime = ToStatxTime(attr.atime);
  stx.stx_mtime = ToStatxTime(attr.mtime);
  stx.stx_ctime = ToStatxTime(attr.ctime);
  stx.stx_btime = ToStatxTime(attr.btime);
  stx.stx_rdev_major = major(attr.rdev);
  stx.stx_rdev_minor = minor(attr.rdev);
  dev_t dev = mount != nullptr ? mount->dev : 0;
  stx.stx_dev_major = major(dev);
  stx.stx_dev_minor = minor(dev);
  return stx;
}

}  // namespace umsdk
