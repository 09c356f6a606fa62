// Claim: what a service wants to be asked about. Claims are data, read once when the service is
// added; the filter of a sealed view is computed from them.
#ifndef UMSDK_CLAIM_H_
#define UMSDK_CLAIM_H_

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace umsdk {

// One claim. Value type.
class Claim {
 public:
  enum class Kind { kPath, kFsType, kSocketFamily, kExec, kCall, kAllCalls };

  // A path and, if it is a directory, all below it, as the guests name it (absolute).
  static Claim Path(std::string path) { return Claim(Kind::kPath, std::move(path), 0); }
  // File system types that begin with `prefix`: "umfuse" claims umfuse and umfuseext2.
  static Claim FsType(std::string prefix) { return Claim(Kind::kFsType, std::move(prefix), 0); }
  // An address family of socket(2).
  static Claim SocketFamily(int family) { return Claim(Kind::kSocketFamily, "", family); }
  // Every execve and execveat.
  static Claim Exec() { return Claim(Kind::kExec, "", 0); }
  // A system call by number, as it is made. (close, futex, exit, exit_group, rt_sigreturn and
  // restart_syscall are never seen.)
  static Claim Call(int number) { return Claim(Kind::kCall, "", number); }
  // Every call that the view traps.
  static Claim AllCalls() { return Claim(Kind::kAllCalls, "", 0); }

  Kind kind() const { return kind_; }
  const std::string& text() const { return text_; }
  int number() const { return number_; }

 private:
  Claim(Kind kind, std::string text, int number)
      : kind_(kind), text_(std::move(text)), number_(number) {}
  Kind kind_;
  std::string text_;
  int number_;
};

// A list of claims; one Claim converts into it.
class Claims : public std::vector<Claim> {
 public:
  using std::vector<Claim>::vector;
  Claims(Claim claim) { push_back(std::move(claim)); }  // NOLINT: `return Claim::Path("/x");`
};

}  // namespace umsdk

#endif  // UMSDK_CLAIM_H_
