// Shorthands for requests to FileSystem::SetAttr.
#ifndef SDK_TESTING_SET_ATTR_H_
#define SDK_TESTING_SET_ATTR_H_

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <optional>

#include "umsdk/file_system.h"

namespace umsdk {

inline SetAttrRequest ModeTo(mode_t mode) {
  SetAttrRequest request;
  request.mode = mode;
  return request;
}

inline SetAttrRequest SizeTo(uint64_t size) {
  SetAttrRequest request;
  request.size = size;
  return request;
}

inline SetAttrRequest OwnerTo(std::optional<uid_t> uid, std::optional<gid_t> gid) {
  SetAttrRequest request;
  request.uid = uid;
  request.gid = gid;
  return request;
}

inline SetAttrRequest TimesTo(std::optional<timespec> atime, std::optional<timespec> mtime) {
  SetAttrRequest request;
  request.atime = atime;
  request.mtime = mtime;
  return request;
}

}  // namespace umsdk

#endif  // SDK_TESTING_SET_ATTR_H_
