// TwinTree: the same calls on a file system of the kernel (tmpfs) and on a RamFs in a view. A call
// that the view answers is made for real on the other side; both must fail and succeed alike, and
// what a path finds must be the same thing every time.
#ifndef TESTS_FUZZ_TWIN_TREE_H_
#define TESTS_FUZZ_TWIN_TREE_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/fake_guest.h"

namespace umsdk::fuzz {

// A path on both sides: relative to a pair of open directories, or absolute.
struct TwinPath {
  size_t dir = 0;  // index of TwinTree::dirs(); not looked at when absolute
  bool absolute = true;
  std::string rest;  // behind the top of the tree, when absolute
};

// While it lives a tmpfs is mounted on /mnt, with a directory for each side, and in that one's
// depth the tree's mount point. In a mount namespace of its own only.
//
// Whatever a path finds is compared to the errno; of what changes the tree, whether it fails: which
// of two reasons is told may differ. UMSDK_FUZZ_ERRNO=1 in the environment compares that, too.
class TwinTree {
 public:
  explicit TwinTree(FakeGuest& guest);
  ~TwinTree();
  TwinTree(const TwinTree&) = delete;
  TwinTree& operator=(const TwinTree&) = delete;

  // The calls. `text` of a symlink: absolute ones lead into the tree.
  void MakeDir(const TwinPath& path);
  void Symlink(const TwinPath& text, const TwinPath& path);
  void Create(const TwinPath& path, int flags);
  void Link(const TwinPath& from, const TwinPath& to, int flags);
  void Rename(const TwinPath& from, const TwinPath& to, unsigned flags);
  void Unlink(const TwinPath& path, int flags);
  void Mount(const TwinPath& path);
  void Unmount(const TwinPath& path, int flags);
  void Stat(const TwinPath& path, int flags);
  void ReadLink(const TwinPath& path);
  void Resolve(const TwinPath& path, uint64_t flags, uint64_t resolve);
  void OpenDir(const TwinPath& path);
  size_t dirs() const { return dirs_.size(); }

 private:
  using Node = std::pair<dev_t, ino_t>;
  enum Side { kView, kKernel };

  std::string Text(const TwinPath& path, Side side) const;
  int Dir(const TwinPath& path, Side side) const;
  // Makes the call on both sides; `one` and `two` are indices of path arguments, behind their
  // directory descriptors. False when the view left it to the kernel, or when it failed.
  bool Both(const char* what, int64_t number, const TwinPath* one, const TwinPath* two,
            const std::vector<uint64_t>& more, int64_t* results = nullptr);
  // Aborts unless what changes the tree came out alike.
  void Check(const char* what, const TwinPath& path, int64_t view, int64_t kernel);
  // For the report: what was done so far.
  void Note(const char* what, const TwinPath& path, const TwinPath* other, uint64_t flags);
  void CompareStat(const char* what, const TwinPath& path, const struct stat& view,
                   const struct stat& kernel);
  [[noreturn]] void Differ(const char* what, const TwinPath& path, int64_t view, int64_t kernel);

  FakeGuest& guest_;
  const bool all_errnos_;
  std::vector<std::pair<int, int>> dirs_;  // the view's descriptor, the kernel's
  std::map<Node, Node> same_;              // of the view's nodes
  std::vector<std::string> notes_;
};

}  // namespace umsdk::fuzz

#endif  // TESTS_FUZZ_TWIN_TREE_H_
