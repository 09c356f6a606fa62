// setxattr, getxattr, listxattr, removexattr with their l- and f-forms.
#include <fcntl.h>
#include <linux/limits.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <string>
#include <vector>

#include "sdk/core/act_as.h"
#include "sdk/core/handlers.h"
#include "sdk/core/path_walk.h"
#include "sdk/core/permissions.h"
#include "sdk/core/with_room.h"

namespace umsdk {
namespace {

enum class Operation { kSet, kGet, kList, kRemove };
enum class Form { kFollow, kLink, kDescriptor };

struct Kind {
  Operation operation;
  Form form;
};

// The numbers are consecutive: set, lset, fset, get, lget, fget, list, ... (x86-64).
Kind KindOf(int64_t number) {
  int64_t index = number - SYS_setxattr;
  return {static_cast<Operation>(index / 3), static_cast<Form>(index % 3)};
}

ErrnoOr<Target> Find(Call& call, Form form) {
  if (form != Form::kDescriptor) {
    UMSDK_ASSIGN_OR_ERRNO(std::string path, call.Path(call.arg(0)));
    return WalkPath(call, AT_FDCWD, path, {.follow = form == Form::kFollow});
  }
  Target target;
  target.object = call.Object(call.int_arg(0));
  target.native = !target.object;
  if (target.native) return target;
  if (target.object->path_only()) return Errno(EBADF);
  UMSDK_ASSIGN_OR_ERRNO(target.attr, target.object->Stat());
  target.exists = true;
  target.mount = target.object->mount();
  target.node = target.object->node();
  return target;
}

ErrnoOr<std::string> Name(Call& call) {
  UMSDK_ASSIGN_OR_ERRNO(std::string name, call.String(call.arg(1), XATTR_NAME_MAX + 1, Errno(ERANGE)));
  if (name.empty()) return Errno(ERANGE);
  return name;
}

// What the kernel copies from the guest before it looks for the file.
struct Attribute {
  std::string name, value;
};

ErrnoOr<Attribute> Copied(Call& call, Operation operation) {
  Attribute attribute;
  if (operation == Operation::kList) return attribute;
  bool sets = operation == Operation::kSet;
  if (sets && (call.int_arg(4) & ~(XATTR_CREATE | XATTR_REPLACE)) != 0) return Errno(EINVAL);
  UMSDK_ASSIGN_OR_ERRNO(attribute.name, Name(call));
  if (!sets) return attribute;
  if (call.arg(3) > XATTR_SIZE_MAX) return Errno(E2BIG);
  attribute.value.resize(call.arg(3));
  UMSDK_RETURN_IF_ERRNO(call.Get(call.arg(2), attribute.value.data(), attribute.value.size()));
  return attribute;
}

// As xattr_permission() in fs/xattr.c.
ErrnoOrOk CheckName(Call& call, const Target& target, const std::string& name, bool writes) {
  if (writes && target.mount->read_only()) return Errno(EROFS);
  if (!target.mount->traits.check_permissions) return {};
  if (name.starts_with("trusted.")) {
    if (call.status().dac_override) return {};
    return Errno(writes ? EPERM : ENODATA);
  }
  if (name.starts_with("security.") || name.starts_with("system.")) {
    return writes ? CheckOwner(call, *target.mount, target.attr) : ErrnoOrOk();
  }
  if (name.starts_with("user.") && !S_ISREG(target.attr.mode) && !S_ISDIR(target.attr.mode)) {
    return Errno(writes ? EPERM : ENODATA);
  }
  return CheckAccess(call, *target.mount, target.attr, writes ? W_OK : R_OK);
}

// A result with the size rules of getxattr(2): 0 asks for the size, too small is ERANGE.
Verdict PutSized(Call& call, const std::string& bytes, uint64_t out, uint64_t size) {
  if (size == 0) return Verdict::Return(static_cast<int64_t>(bytes.size()));
  if (size < bytes.size()) return Verdict::Fail(Errno(ERANGE));
  UMSDK_VERDICT_IF_ERRNO(call.Put(out, bytes.data(), bytes.size()));
  return Verdict::Return(static_cast<int64_t>(bytes.size()));
}

Verdict Set(Call& call, const Target& target, const Attribute& attribute) {
  UMSDK_VERDICT_IF_ERRNO(CheckName(call, target, attribute.name, true));
  return ToVerdict(WithSpace(call.view(), [&] {
    return target.node->fs().SetXattr(call.caller(), target.node->id(), attribute.name, attribute.value,
                                      call.int_arg(4));
  }));
}

Verdict Get(Call& call, const Target& target, const std::string& name) {
  UMSDK_VERDICT_IF_ERRNO(CheckName(call, target, name, false));
  UMSDK_ASSIGN_OR_VERDICT(std::string value, target.node->fs().GetXattr(target.node->id(), name));
  return PutSized(call, value, call.arg(2), call.arg(3));
}

Verdict List(Call& call, const Target& target) {
  UMSDK_ASSIGN_OR_VERDICT(std::vector<std::string> names, target.node->fs().ListXattr(target.node->id()));
  std::string joined;
  for (const std::string& name : names) {
    if (name.starts_with("trusted.") && !call.status().dac_override) continue;
    joined.append(name).push_back('\0');
  }
  return PutSized(call, joined, call.arg(1), call.arg(2));
}

Verdict Remove(Call& call, const Target& target, const std::string& name) {
  UMSDK_VERDICT_IF_ERRNO(CheckName(call, target, name, true));
  return ToVerdict(target.node->fs().RemoveXattr(call.caller(), target.node->id(), name));
}

// A real file that the guest's own path does not lead to.
Verdict OnRealPath(Call& call, const Target& target, Operation operation, const Attribute& attribute) {
  ActAs guest(call.caller());
  const char* path = target.path.c_str();
  const char* name = attribute.name.c_str();
  if (operation == Operation::kRemove) {
    return ::lremovexattr(path, name) == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
  }
  if (operation == Operation::kSet) {
    int result = ::lsetxattr(path, name, attribute.value.data(), attribute.value.size(), call.int_arg(4));
    return result == 0 ? Verdict::Return(0) : Verdict::Fail(LastErrno());
  }
  std::string buffer(XATTR_SIZE_MAX, '\0');
  bool list = operation == Operation::kList;
  ssize_t size = list ? ::llistxattr(path, buffer.data(), buffer.size())
                      : ::lgetxattr(path, name, buffer.data(), buffer.size());
  if (size < 0) return Verdict::Fail(LastErrno());
  buffer.resize(static_cast<size_t>(size));
  return list ? PutSized(call, buffer, call.arg(1), call.arg(2)) : PutSized(call, buffer, call.arg(2), call.arg(3));
}

}  // namespace

Verdict HandleXattr(Call& call) {
  Kind kind = KindOf(call.trap().number());
  UMSDK_ASSIGN_OR_VERDICT(Attribute attribute, Copied(call, kind.operation));
  UMSDK_ASSIGN_OR_VERDICT(Target target, Find(call, kind.form));
  if (target.native) return Verdict::Continue();
  call.MarkHandled();
  if (!target.exists) return Verdict::Fail(Errno(ENOENT));
  if (!target.is_virtual()) return OnRealPath(call, target, kind.operation, attribute);
  if (!target.node) return Verdict::Fail(Errno(EOPNOTSUPP));
  switch (kind.operation) {
    case Operation::kSet: return Set(call, target, attribute);
    case Operation::kGet: return Get(call, target, attribute.name);
    case Operation::kList: return List(call, target);
    case Operation::kRemove: return Remove(call, target, attribute.name);
  }
  return Verdict::Continue();
}

}  // namespace umsdk
