// The fresh directory of one case, which is the working directory while it runs.
#ifndef TESTS_POSIX_PLACE_H_
#define TESTS_POSIX_PLACE_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace umsdk::posix {

inline constexpr uid_t kUser = 65534, kOther = 65533, kThird = 65532;

// Makes what a case needs. The first failure is kept: the case has no result then.
class Place {
 public:
  void File(const std::string& name, mode_t mode = 0644, const std::string& text = "text");
  void Dir(const std::string& name, mode_t mode = 0755);
  void Symlink(const std::string& target, const std::string& name);
  void Node(const std::string& name, mode_t type, dev_t device = 0);
  void Owner(const std::string& name, uid_t uid, gid_t gid);
  void Mode(const std::string& name, mode_t mode);
  // Keeps errno if `result` is -1.
  void Need(long result);

  int error() const { return error_; }

 private:
  int error_ = 0;
};

// The kinds of files there are; "missing" is one of them.
struct Kind {
  std::string name;
  void (*make)(Place& place, const std::string& path);
};

// Those that the caller may make.
std::vector<Kind> Kinds();

// Closes the descriptor, if it is one; errno stays.
long Closed(int fd);

// The name of an error, or "ok".
std::string ErrnoName(int error);
// The same for a result of a system call.
std::string Result(long result);

// Root acts as somebody else as long as this lives: effective ids and one supplementary group.
class Identity {
 public:
  Identity(uid_t uid, gid_t gid, gid_t group);
  Identity(uid_t uid, gid_t gid) : Identity(uid, gid, gid) {}
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  ~Identity();
};

}  // namespace umsdk::posix

#endif  // TESTS_POSIX_PLACE_H_
