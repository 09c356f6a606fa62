// RamNode: one file, directory or other object of a RamFs.
#ifndef SDK_TESTING_RAM_NODE_H_
#define SDK_TESTING_RAM_NODE_H_

#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <string>
#include <utility>

#include "sdk/base/mutex.h"
#include "sdk/testing/ram_budget.h"
#include "sdk/testing/ram_directory.h"
#include "sdk/testing/ram_xattrs.h"
#include "sdk/testing/sparse_bytes.h"
#include "umsdk/file_system.h"

namespace umsdk {

// What a new node is.
struct RamNodeSpec {
  NodeId id = 0;
  mode_t mode = 0;  // with the type bits
  uid_t uid = 0;
  gid_t gid = 0;
  dev_t rdev = 0;
  std::string target = {};  // of a symbolic link
  timespec now = {};
};

// Members are guarded by one of three locks, taken in this order: RamFs::tree_mutex_, one node's
// `mutex` (never two at once), RamNodeTable's. The number of links changes under the first two
// together, so either is enough to read it.
struct RamNode {
  // What an inode costs of RamFs's inode space; extended attributes take from the same.
  static constexpr uint64_t kInodeCost = 1024;

  // The caller has taken kInodeCost from `space`; the node gives it back when it goes.
  RamNode(RamNodeSpec spec, Budget& pages, Budget& space)
      : id(spec.id),
        type(spec.mode & S_IFMT),
        rdev(spec.rdev),
        target(std::move(spec.target)),
        btime(spec.now),
        inode_space(space),
        permissions(spec.mode & 07777),
        uid(spec.uid),
        gid(spec.gid),
        atime(spec.now),
        mtime(spec.now),
        ctime(spec.now),
        data(pages),
        xattrs(type, space) {}
  ~RamNode() { inode_space.Give(kInodeCost); }
  RamNode(const RamNode&) = delete;
  RamNode& operator=(const RamNode&) = delete;

  bool IsDirectory() const { return type == S_IFDIR; }
  bool IsRegular() const { return type == S_IFREG; }

  // Never change.
  const NodeId id;
  const mode_t type;  // S_IFMT bits
  const dev_t rdev;
  const std::string target;
  const timespec btime;
  Budget& inode_space;

  // Guarded by RamFs::tree_mutex_.
  RamDirectory directory;  // empty unless a directory
  NodeId parent = 0;       // of a directory; the root is its own
  bool removed = false;    // a directory without a name: nothing can be made in it
  bool linkable = false;   // has no name yet, but Link may give it one (O_TMPFILE)

  Mutex mutex;
  // Guarded by `mutex`.
  mode_t permissions;  // the 07777 bits
  uid_t uid;
  gid_t gid;
  uint64_t nlink = 1;
  uint64_t entries = 0;  // of a directory: how many names it holds
  timespec atime;
  timespec mtime;
  timespec ctime;
  SparseBytes data;  // of a regular file
  RamXattrs xattrs;
};

}  // namespace umsdk

#endif  // SDK_TESTING_RAM_NODE_H_
