// The flags of open, all together, for some kinds of files.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>
#include <string>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

struct Flag {
  int bits;
  const char* name;
};
constexpr Flag kAccess[] = {{O_RDONLY, "r"}, {O_WRONLY, "w"}, {O_RDWR, "rw"}, {O_ACCMODE, "3"}};
constexpr Flag kFlags[] = {{O_CREAT, "creat"},      {O_EXCL, "excl"},
                           {O_TRUNC, "trunc"},      {O_APPEND, "append"},
                           {O_NOFOLLOW, "nofollow"}, {O_DIRECTORY, "directory"}};

// What the name is now, and what can be done with the descriptor.
std::string After(int fd) {
  std::string text = Result(fd);
  if (fd >= 0) {
    struct stat st = {};
    ::fstat(fd, &st);
    char byte;
    text += S_ISDIR(st.st_mode) ? " dir" : " size " + std::to_string(st.st_size);
    text += " read " + Result(::pread(fd, &byte, 1, 0));
    if (!S_ISDIR(st.st_mode)) text += " write " + Result(::write(fd, "++", 2));
    ::fstat(fd, &st);
    if (S_ISREG(st.st_mode)) text += " size " + std::to_string(st.st_size);
    ::close(fd);
  }
  struct stat now;
  if (::stat("x", &now) != 0) return text + ", " + Result(-1);
  return text + (S_ISREG(now.st_mode) ? ", file of " + std::to_string(now.st_size) : "");
}

void Flags(Cases& cases, const Kind& kind) {
  for (const Flag& access : kAccess) {
    for (unsigned set = 0; set < 1u << std::size(kFlags); ++set) {
      int bits = access.bits;
      std::string name = kind.name + "." + access.name;
      for (size_t i = 0; i < std::size(kFlags); ++i) {
        if ((set & 1u << i) == 0) continue;
        bits |= kFlags[i].bits;
        name += std::string("+") + kFlags[i].name;
      }
      cases.Text(name, [&](Place& place) {
        kind.make(place, "x");
        return After(::open("x", bits | O_NONBLOCK, 0644));
      });
    }
  }
}

}  // namespace

void OpenCases(Cases& cases) {
  cases.Section("open");
  for (const Kind& kind : Kinds()) {
    for (const char* name : {"missing", "file", "empty_dir", "link_file", "link_missing"}) {
      if (kind.name == name) Flags(cases, kind);
    }
  }
  // The mode of what is made, with each umask.
  for (mode_t mask : {0, 022, 077, 0777}) {
    for (mode_t mode : {0, 0644, 0777, 04755, 02755, 01777}) {
      cases.Text("umask_" + std::to_string(mask) + "_" + std::to_string(mode), [&](Place& place) {
        const mode_t before = ::umask(mask);
        place.Need(Closed(::open("f", O_CREAT | O_RDWR, mode)));
        place.Need(::mkdir("d", mode));
        place.Need(::mknod("p", S_IFIFO | mode, 0));
        ::umask(before);
        std::string text;
        for (const char* name : {"f", "d", "p"}) {
          struct stat st = {};
          place.Need(::lstat(name, &st));
          text += std::string(name) + " " + std::to_string(st.st_mode) + " ";
        }
        return text;
      });
    }
  }
}

}  // namespace umsdk::posix
