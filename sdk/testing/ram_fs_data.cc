// RamFs: the contents of regular files.
#include <fcntl.h>
#include <linux/falloc.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "sdk/testing/ram_fs.h"
#include "sdk/testing/ram_privileges.h"

namespace umsdk {
namespace {

// A FileHandle is not a key but a set of facts about the opener.
enum HandleBits : FileHandle {
  kOpened = 1,
  kKeepAccessTime = 2,  // O_NOATIME
  kUnprivileged = 4,    // writing clears the set-ID bits
  kInGroup = 8,         // an unprivileged member of the file's group
};

// Before contents change.
void DropPrivileges(RamNode& node, FileHandle handle) UMSDK_REQUIRES(node.mutex) {
  (void)node.xattrs.Remove("security.capability");
  if ((handle & kUnprivileged) != 0) {
    node.permissions = WithoutSetId(node.permissions, (handle & kInGroup) != 0);
  }
}

}  // namespace

ErrnoOr<OpenReply> RamFs::Open(const Caller& caller, NodeId id, int flags) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  if (node->type == S_IFLNK) return Errno(ELOOP);
  OpenReply reply = {.handle = kOpened};
  if ((flags & O_NOATIME) != 0) reply.handle |= kKeepAccessTime;
  if (!MayKeepSetId(caller)) reply.handle |= kUnprivileged;
  {
    MutexLock lock(node->mutex);
    if (InGroupOrMayKeep(caller, node->gid)) reply.handle |= kInGroup;
  }
  nodes_.AddOpen(id);
  return reply;
}

void RamFs::Release(NodeId node, FileHandle handle) {
  if (handle != 0) nodes_.DropOpen(node);
}

ErrnoOr<size_t> RamFs::Read(NodeId id, FileHandle handle, uint64_t offset, std::span<char> out) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, RegularFile(id));
  MutexLock lock(node->mutex);
  const size_t count = node->data.Read(offset, out);
  if (!out.empty() && handle != 0 && (handle & kKeepAccessTime) == 0) MarkAccessed(*node);
  return count;
}

ErrnoOr<size_t> RamFs::Write(NodeId id, FileHandle handle, uint64_t offset,
                             std::span<const char> data) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, RegularFile(id));
  if (data.empty()) return 0;
  if (offset >= options_.max_file_bytes) return Errno(EFBIG);
  data = data.first(std::min<uint64_t>(data.size(), options_.max_file_bytes - offset));
  MutexLock lock(node->mutex);
  DropPrivileges(*node, handle);
  MarkModified(*node);
  const size_t count = node->data.Write(offset, data);
  if (count == 0) return Errno(ENOSPC);
  return count;
}

ErrnoOrOk RamFs::Fallocate(NodeId id, FileHandle handle, int mode, uint64_t offset,
                           uint64_t length) {
  constexpr int kKeepSize = FALLOC_FL_KEEP_SIZE;
  if (mode != 0 && mode != kKeepSize && mode != (FALLOC_FL_PUNCH_HOLE | kKeepSize) &&
      (mode & ~kKeepSize) != FALLOC_FL_ZERO_RANGE) {
    return Errno(EOPNOTSUPP);
  }
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (length == 0 || length > kMax || offset > kMax) return Errno(EINVAL);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  if (!node->IsRegular()) return Errno(node->IsDirectory() ? EISDIR : ENODEV);
  if (offset + length > options_.max_file_bytes) return Errno(EFBIG);
  MutexLock lock(node->mutex);
  SparseBytes& data = node->data;
  if ((mode & FALLOC_FL_PUNCH_HOLE) != 0) {
    data.Punch(offset, length);
  } else {
    if (!data.Reserve(offset, length)) return Errno(ENOSPC);
    if ((mode & FALLOC_FL_ZERO_RANGE) != 0) data.Zero(offset, length);
    if ((mode & kKeepSize) == 0 && offset + length > data.size()) data.Resize(offset + length);
  }
  DropPrivileges(*node, handle);
  MarkModified(*node);
  return {};
}

ErrnoOr<uint64_t> RamFs::Seek(NodeId id, FileHandle, uint64_t offset, int whence) {
  if (whence != SEEK_DATA && whence != SEEK_HOLE) return Errno(EINVAL);
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, RegularFile(id));
  MutexLock lock(node->mutex);
  if (offset >= node->data.size()) return Errno(ENXIO);
  if (whence == SEEK_HOLE) return node->data.NextHole(offset);
  const std::optional<uint64_t> found = node->data.NextData(offset);
  if (!found) return Errno(ENXIO);
  return *found;
}

}  // namespace umsdk
