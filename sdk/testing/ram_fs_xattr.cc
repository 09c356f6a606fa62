// RamFs: extended attributes. The rules are RamXattrs'.
#include "sdk/testing/ram_fs.h"

namespace umsdk {

ErrnoOr<std::string> RamFs::GetXattr(NodeId id, std::string_view name) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  MutexLock lock(node->mutex);
  return node->xattrs.Get(name);
}

ErrnoOr<std::vector<std::string>> RamFs::ListXattr(NodeId id) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  MutexLock lock(node->mutex);
  return node->xattrs.List();
}

ErrnoOrOk RamFs::SetXattr(const Caller&, NodeId id, std::string_view name, std::string_view value,
                          int flags) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  MutexLock lock(node->mutex);
  UMSDK_RETURN_IF_ERRNO(node->xattrs.Set(name, value, flags));
  MarkChanged(*node);
  return {};
}

ErrnoOrOk RamFs::RemoveXattr(const Caller&, NodeId id, std::string_view name) {
  UMSDK_ASSIGN_OR_ERRNO(const NodePtr node, Node(id));
  MutexLock lock(node->mutex);
  UMSDK_RETURN_IF_ERRNO(node->xattrs.Remove(name));
  MarkChanged(*node);
  return {};
}

}  // namespace umsdk
