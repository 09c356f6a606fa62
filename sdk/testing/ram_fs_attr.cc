// RamFs: reading and changing attributes.
#include "sdk/testing/ram_fs.h"
#include "sdk/testing/ram_privileges.h"

namespace umsdk {

ErrnoOr<Attr> RamFs::GetAttr(NodeId id) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  MutexLock lock(node->mutex);
  return AttrOf(*node);
}

ErrnoOr<Attr> RamFs::SetAttr(const Caller& caller, NodeId id, const SetAttrRequest& request) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  UMSDK_RETURN_IF_ERRNO(CheckSetAttr(*node, request));
  MutexLock lock(node->mutex);
  if (request.uid || request.gid) ChangeOwner(caller, *node, request);
  if (request.size) {
    (void)node->xattrs.Remove("security.capability");
    if (!MayKeepSetId(caller)) {
      node->permissions = WithoutSetId(node->permissions, InGroupOrMayKeep(caller, node->gid));
    }
    node->data.Resize(*request.size);
    MarkModified(*node);
  } else if (request.mode || request.uid || request.gid || request.atime || request.mtime) {
    MarkChanged(*node);
  }
  if (request.mode) {
    node->permissions = *request.mode & 07777;
    if (!InGroupOrMayKeep(caller, node->gid)) node->permissions &= ~S_ISGID;
  }
  if (request.atime) node->atime = *request.atime;
  if (request.mtime) node->mtime = *request.mtime;
  return AttrOf(*node);
}

ErrnoOrOk RamFs::CheckSetAttr(const RamNode& node, const SetAttrRequest& request) const {
  if (request.mode && node.type == S_IFLNK) return Errno(EOPNOTSUPP);
  if (!request.size) return {};
  if (!node.IsRegular()) return Errno(node.IsDirectory() ? EISDIR : EINVAL);
  if (*request.size > options_.max_file_bytes) return Errno(EFBIG);
  return {};
}

void RamFs::ChangeOwner(const Caller& caller, RamNode& node, const SetAttrRequest& request) {
  if (!node.IsDirectory()) {
    // Even user 0 loses the set-ID bits and the file's capabilities.
    node.permissions = WithoutSetId(node.permissions, InGroupOrMayKeep(caller, node.gid));
    (void)node.xattrs.Remove("security.capability");
  }
  node.uid = request.uid.value_or(node.uid);
  node.gid = request.gid.value_or(node.gid);
}

}  // namespace umsdk
