#include "tests/posix/place.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

namespace umsdk::posix {

void Place::Need(long result) {
  if (result < 0 && error_ == 0) error_ = errno;
}

void Place::File(const std::string& name, mode_t mode, const std::string& text) {
  int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL, mode);
  Need(fd);
  if (fd < 0) return;
  Need(::write(fd, text.data(), text.size()));
  ::close(fd);
  Mode(name, mode);
}

void Place::Dir(const std::string& name, mode_t mode) {
  Need(::mkdir(name.c_str(), mode));
  Mode(name, mode);
}

void Place::Symlink(const std::string& target, const std::string& name) {
  Need(::symlink(target.c_str(), name.c_str()));
}

void Place::Node(const std::string& name, mode_t type, dev_t device) {
  Need(::mknod(name.c_str(), type | 0644, device));
}

void Place::Owner(const std::string& name, uid_t uid, gid_t gid) {
  Need(::lchown(name.c_str(), uid, gid));
}

void Place::Mode(const std::string& name, mode_t mode) { Need(::chmod(name.c_str(), mode)); }

std::vector<Kind> Kinds() {
  using P = Place&;
  using S = const std::string&;
  std::vector<Kind> kinds = {
      {"missing", [](P, S) {}},
      {"file", [](P p, S x) { p.File(x); }},
      {"empty_dir", [](P p, S x) { p.Dir(x); }},
      {"full_dir",
       [](P p, S x) {
         p.Dir(x);
         p.File(x + "/inner");
       }},
      {"fifo", [](P p, S x) { p.Node(x, S_IFIFO); }},
      {"socket", [](P p, S x) { p.Node(x, S_IFSOCK); }},
      {"link_file",
       [](P p, S x) {
         p.File(x + "_file");
         p.Symlink(x + "_file", x);
       }},
      {"link_dir",
       [](P p, S x) {
         p.Dir(x + "_dir");
         p.Symlink(x + "_dir", x);
       }},
      {"link_missing", [](P p, S x) { p.Symlink(x + "_none", x); }},
      {"loop", [](P p, S x) { p.Symlink(x, x); }},
  };
  if (::geteuid() == 0) {
    kinds.push_back({"char_device", [](P p, S x) { p.Node(x, S_IFCHR, makedev(1, 3)); }});
    kinds.push_back({"block_device", [](P p, S x) { p.Node(x, S_IFBLK, makedev(250, 77)); }});
  }
  return kinds;
}

long Closed(int fd) {
  if (fd >= 0) ::close(fd);
  return fd;
}

std::string ErrnoName(int error) {
  if (error == 0) return "ok";
  const char* name = ::strerrorname_np(error);
  return name != nullptr ? name : "errno " + std::to_string(error);
}

std::string Result(long result) { return ErrnoName(result < 0 ? errno : 0); }

namespace {

// Without its identities nothing that the program prints would be true.
void Must(int result) {
  if (result == 0) return;
  ::perror("identity");
  ::exit(2);
}

}  // namespace

Identity::Identity(uid_t uid, gid_t gid, gid_t group) {
  Must(::setgroups(1, &group));
  Must(::setegid(gid));
  Must(::seteuid(uid));
}

Identity::~Identity() {
  Must(::seteuid(0));
  Must(::setegid(0));
  Must(::setgroups(0, nullptr));
}

}  // namespace umsdk::posix
