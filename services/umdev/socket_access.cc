#include "services/umdev/socket_access.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>

namespace umsdk::umdev {
namespace {

bool MayConnect(const Caller& caller, const Attr& attr) {
  if (caller.uid == 0) return true;
  if (attr.uid == caller.uid) return (attr.mode & S_IWUSR) != 0;
  bool in_group = attr.gid == caller.gid || std::find(caller.groups.begin(), caller.groups.end(),
                                                      attr.gid) != caller.groups.end();
  return (attr.mode & (in_group ? S_IWGRP : S_IWOTH)) != 0;
}

}  // namespace

ErrnoOrOk CheckSocketAccess(SyscallContext& context, const std::string& path) {
  std::shared_ptr<HostFiles> files = context.files();
  if (files == nullptr) return Errno(EOPNOTSUPP);
  UMSDK_ASSIGN_OR_ERRNO(Attr attr, files->Stat(context.caller(), path));
  if (!S_ISSOCK(attr.mode)) return Errno(ENOTSOCK);
  return MayConnect(context.caller(), attr) ? ErrnoOrOk() : ErrnoOrOk(Errno(EACCES));
}

}  // namespace umsdk::umdev
