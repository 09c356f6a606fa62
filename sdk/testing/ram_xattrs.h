// RamXattrs: the extended attributes of one node of a RamFs, with the rules of xattr(7) on tmpfs.
#ifndef SDK_TESTING_RAM_XATTRS_H_
#define SDK_TESTING_RAM_XATTRS_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/base/errno.h"
#include "sdk/testing/ram_budget.h"

namespace umsdk {

// Namespaces: user, trusted, security; others fail with EOPNOTSUPP. Who may use which is for the
// SDK to check. Thread-compatible.
class RamXattrs {
 public:
  // `node_type`: the S_IFMT bits; only regular files and directories have user attributes.
  // Takes the attributes' bytes from `space`, which must outlive this.
  RamXattrs(mode_t node_type, Budget& space) : node_type_(node_type), space_(space) {}
  ~RamXattrs();
  RamXattrs(const RamXattrs&) = delete;
  RamXattrs& operator=(const RamXattrs&) = delete;

  ErrnoOr<std::string> Get(std::string_view name) const;
  std::vector<std::string> List() const;
  ErrnoOrOk Set(std::string_view name, std::string_view value, int flags);
  ErrnoOrOk Remove(std::string_view name);

 private:
  using Values = std::map<std::string, std::string, std::less<>>;

  // Success when this node may have an attribute of that name; `not_here` when its kind has none.
  ErrnoOrOk CheckName(std::string_view name, int not_here) const;
  static uint64_t Cost(std::string_view name, std::string_view value);

  const mode_t node_type_;
  Budget& space_;
  Values values_;
};

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_XATTRS_H_
