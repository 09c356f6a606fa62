// DirLink: the way back up from a virtual directory, as a walk came down: ".." need not look its
// whole path up again.
#ifndef SDK_CORE_DIR_LINK_H_
#define SDK_CORE_DIR_LINK_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "sdk/core/mount.h"

namespace umsdk {

// The directory above another one of the same mount. Immutable, shared by those who are below.
class DirLink {
 public:
  DirLink(NodePtr node, std::shared_ptr<DirLink> above)
      : node_(std::move(node)), above_(std::move(above)), moves_(node_->mount()->moves) {}
  DirLink(const DirLink&) = delete;
  DirLink& operator=(const DirLink&) = delete;
  // One by one: the links may be more than a stack is deep.
  ~DirLink() {
    std::shared_ptr<DirLink> next = std::move(above_);
    while (next && next.use_count() == 1) next = std::move(next->above_);
  }

  const NodePtr& node() const { return node_; }
  // Null when node() is the root of the mount.
  const std::shared_ptr<DirLink>& above() const { return above_; }
  // False when a directory of the mount has changed its parent since: it may be the one below.
  bool holds() const { return node_->mount()->moves == moves_; }

 private:
  const NodePtr node_;
  std::shared_ptr<DirLink> above_;
  const uint64_t moves_;
};

}  // namespace umsdk

#endif  // SDK_CORE_DIR_LINK_H_
