#include "sdk/testing/ram_xattrs.h"

#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace umsdk {
namespace {

// What an attribute costs beyond its name and value.
constexpr uint64_t kOverhead = 64;

constexpr std::string_view kUser = "user.";
constexpr std::string_view kNamespaces[] = {kUser, "trusted.", "security."};

bool IsIn(std::string_view name, std::string_view prefix) {
  return name.substr(0, prefix.size()) == prefix;
}

}  // namespace

RamXattrs::~RamXattrs() {
  for (const auto& [name, value] : values_) space_.Give(Cost(name, value));
}

ErrnoOr<std::string> RamXattrs::Get(std::string_view name) const {
  UMSDK_RETURN_IF_ERRNO(CheckName(name, ENODATA));
  const auto found = values_.find(name);
  if (found == values_.end()) return Errno(ENODATA);
  return found->second;
}

std::vector<std::string> RamXattrs::List() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_) names.push_back(name);
  return names;
}

ErrnoOrOk RamXattrs::Set(std::string_view name, std::string_view value, int flags) {
  if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) != 0) return Errno(EINVAL);
  // The order of the kernel: the name's length, the value's, then who may.
  if (name.empty() || name.size() > XATTR_NAME_MAX) return Errno(ERANGE);
  if (value.size() > XATTR_SIZE_MAX) return Errno(E2BIG);
  UMSDK_RETURN_IF_ERRNO(CheckName(name, EPERM));
  const auto found = values_.find(name);
  if (found != values_.end() && (flags & XATTR_CREATE) != 0) return Errno(EEXIST);
  if (found == values_.end() && (flags & XATTR_REPLACE) != 0) return Errno(ENODATA);
  if (!space_.Take(Cost(name, value))) return Errno(ENOSPC);
  if (found == values_.end()) {
    values_.emplace(name, value);
  } else {
    space_.Give(Cost(name, found->second));
    found->second = value;
  }
  return {};
}

ErrnoOrOk RamXattrs::Remove(std::string_view name) {
  UMSDK_RETURN_IF_ERRNO(CheckName(name, EPERM));
  const auto found = values_.find(name);
  if (found == values_.end()) return Errno(ENODATA);
  space_.Give(Cost(name, found->second));
  values_.erase(found);
  return {};
}

ErrnoOrOk RamXattrs::CheckName(std::string_view name, int not_here) const {
  if (name.empty() || name.size() > XATTR_NAME_MAX) return Errno(ERANGE);
  const bool is_user = IsIn(name, kUser);
  if (is_user && node_type_ != S_IFREG && node_type_ != S_IFDIR) return Errno(not_here);
  for (std::string_view prefix : kNamespaces) {
    if (IsIn(name, prefix)) return Errno(name.size() == prefix.size() ? EINVAL : 0);
  }
  return Errno(EOPNOTSUPP);
}

uint64_t RamXattrs::Cost(std::string_view name, std::string_view value) {
  return name.size() + value.size() + kOverhead;
}

}  // namespace umsdk
