// The part of FuseFileSystem that works on extended attributes.
#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

// A daemon without the operation: as a file system without the thing.
Errno Unsupported(Errno error) { return error == Errno(ENOSYS) ? Errno(EOPNOTSUPP) : error; }

}  // namespace

ErrnoOr<std::string> FuseFileSystem::GetXattr(NodeId node, std::string_view name) {
  constexpr uint32_t kMost = 65536;  // XATTR_SIZE_MAX
  fuse_getxattr_in in = {kMost, 0};
  std::string value(kMost, '\0');
  ErrnoOr<size_t> got =
      Ask(Request(FUSE_GETXATTR, node).AddStruct(in).AddName(name), FromWaiting(), value);
  if (!got.ok()) return Unsupported(got.error());
  value.resize(*got);
  return value;
}

ErrnoOr<std::vector<std::string>> FuseFileSystem::ListXattr(NodeId node) {
  constexpr uint32_t kMost = 65536;  // XATTR_LIST_MAX
  fuse_getxattr_in in = {kMost, 0};
  std::string list(kMost, '\0');
  ErrnoOr<size_t> got = Ask(Request(FUSE_LISTXATTR, node).AddStruct(in), FromWaiting(), list);
  if (!got.ok()) return Unsupported(got.error());
  std::vector<std::string> names;
  for (size_t at = 0; at < *got;) {
    size_t end = list.find('\0', at);
    if (end == at || end == std::string::npos || end >= *got) return Errno(EIO);
    names.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

ErrnoOrOk FuseFileSystem::SetXattr(const Caller& caller, NodeId node, std::string_view name,
                                   std::string_view value, int flags) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  fuse_setxattr_in in = {};
  in.size = static_cast<uint32_t>(value.size());
  in.flags = static_cast<uint32_t>(flags);
  Request request(FUSE_SETXATTR, node);
  request.AddStruct(in, FUSE_COMPAT_SETXATTR_IN_SIZE)
      .AddName(name)
      .Add({value.data(), value.size()});
  ErrnoOr<size_t> done = Ask(request, From(caller));
  nodes_.DropAttr(node);
  return done.ok() ? ErrnoOrOk() : ErrnoOrOk(Unsupported(done.error()));
}

ErrnoOrOk FuseFileSystem::RemoveXattr(const Caller& caller, NodeId node, std::string_view name) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  ErrnoOr<size_t> done = Ask(Request(FUSE_REMOVEXATTR, node).AddName(name), From(caller));
  nodes_.DropAttr(node);
  return done.ok() ? ErrnoOrOk() : ErrnoOrOk(Unsupported(done.error()));
}

}  // namespace umsdk::umfuse
