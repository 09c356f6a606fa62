// TwinFs: does everything twice, on a RamFs and on a directory of the kernel's tmpfs, and expects
// the same of both. A difference is a test failure that says what was done.
#ifndef SDK_TESTING_TWIN_FS_H_
#define SDK_TESTING_TWIN_FS_H_

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sdk/base/unique_fd.h"
#include "sdk/testing/ram_fs.h"
#include "umsdk/file_system.h"

namespace umsdk {

// Objects (files, directories, ...) have numbers, 0 is the root. They stay usable after they were
// unlinked. Every operation names one by its number, or by a directory's number and a name in it,
// so no path walk is involved. Not thread-safe: it sets the thread's file system user.
class TwinFs {
 public:
  using Object = size_t;

  // What this kernel and this user allow; a play must leave out the rest.
  struct Abilities {
    bool chown = false;
    bool devices = false;
    bool set_id = false;  // user 0 outside the first user namespace only half keeps these bits
    std::vector<std::string> xattr_spaces;  // "user." and so on
  };

  enum class Identity {
    kSelf,
    kOther,  // an unprivileged user in a set-group-ID root of a group that is not his
  };

  // Whether there is a tmpfs to compare with.
  static bool Available();
  // Whether this process may take that identity.
  static bool MayBe(Identity identity);
  explicit TwinFs(Identity identity = Identity::kSelf);
  ~TwinFs();

  const Abilities& abilities() const { return abilities_; }
  size_t object_count() const { return objects_.size(); }
  const std::vector<Object>& directories() const { return directories_; }
  const std::vector<Object>& regular_files() const { return regular_files_; }

  void Lookup(Object dir, const std::string& name);
  void MakeNode(Object dir, const std::string& name, mode_t mode, dev_t rdev = 0);
  void MakeDir(Object dir, const std::string& name, mode_t mode);
  void Symlink(Object dir, const std::string& name, const std::string& target);
  void TmpFile(Object dir, mode_t mode);
  void Link(Object object, Object dir, const std::string& name);
  void Unlink(Object dir, const std::string& name);
  void RemoveDir(Object dir, const std::string& name);
  void Rename(Object dir, const std::string& name, Object new_dir, const std::string& new_name,
              unsigned flags);
  void List(Object dir);
  void ReadLink(Object object);

  // Of regular files; they also compare the contents.
  void Write(Object file, uint64_t offset, const std::string& data);
  void Truncate(Object file, uint64_t size);
  void Allocate(Object file, int mode, uint64_t offset, uint64_t length);
  void Seek(Object file, uint64_t offset, int whence);

  void ChangeMode(Object object, mode_t mode);
  void ChangeOwner(Object object, uid_t uid, gid_t gid);
  void SetTimes(Object object, timespec atime, timespec mtime);

  void SetXattr(Object object, const std::string& name, const std::string& value, int flags);
  void GetXattr(Object object, const std::string& name);
  void RemoveXattr(Object object, const std::string& name);
  void ListXattr(Object object);

  // The attributes of all objects, and which of their times changed since the last comparison: what
  // changed in tmpfs did in RamFs. With kBothWays the reverse is expected too, which needs
  // AwaitTick before the operation: the kernel gives two quick changes one stamp.
  enum class Times { kOneWay, kBothWays };
  void CompareAttributes(Times times = Times::kOneWay);
  // Until the kernel's time stamps differ from those given before; some milliseconds.
  static void AwaitTick();

 private:
  struct Pair {
    NodeId node = 0;
    FileHandle handle = 0;
    UniqueFd path;  // O_PATH
    UniqueFd io;    // of a regular file
    struct stat last_real = {};
    Attr last_ram;
  };

  void BecomeOther();
  void Probe();
  void Adopt(const Entry& entry, UniqueFd path);
  void AddPair(Pair pair);
  // After something was made: both sides made it, or failed alike.
  void CompareMade(int real_error, const ErrnoOr<Entry>& made, Object dir, const std::string& name);
  void ComparePair(Pair& pair, Times times);
  void CompareContents(const Pair& pair);
  static std::string ProcPath(const Pair& pair);
  std::string real_path_;
  Caller caller_;
  std::unique_ptr<RamFs> ram_;
  Abilities abilities_;
  std::vector<Pair> objects_;
  std::vector<Object> directories_;
  std::vector<Object> regular_files_;
  std::map<ino_t, NodeId> node_of_real_;
  bool other_ = false;
};

}  // namespace umsdk

#endif  // SDK_TESTING_TWIN_FS_H_
