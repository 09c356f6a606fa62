// What the bits of a mode permit to owner, group and others, for files and for directories.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

// Whose bits count. Only root can make files of others.
struct Class {
  const char* name;
  int shift;
  uid_t uid;
  gid_t gid;
};
constexpr Class kClasses[] = {{"owner", 6, kUser, kOther},
                              {"group", 3, kThird, kUser},
                              {"extra_group", 3, kThird, kOther},
                              {"others", 0, kThird, kThird}};

struct Use {
  const char* name;
  long (*call)();
};

constexpr Use kFileUses[] = {
    {"r", [] { return Closed(::open("f", O_RDONLY)); }},
    {"w", [] { return Closed(::open("f", O_WRONLY)); }},
    {"rw", [] { return Closed(::open("f", O_RDWR)); }},
    {"trunc", [] { return Closed(::open("f", O_RDONLY | O_TRUNC)); }},
    {"creat", [] { return Closed(::open("f", O_WRONLY | O_CREAT, 0600)); }},
    {"access_r", [] { return long{::faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS)}; }},
    {"access_w", [] { return long{::faccessat(AT_FDCWD, "f", W_OK, AT_EACCESS)}; }},
    {"access_x", [] { return long{::faccessat(AT_FDCWD, "f", X_OK, AT_EACCESS)}; }},
    {"truncate", [] { return long{::truncate("f", 1)}; }},
    {"exec",
     [] {
       char name[] = "f";
       char* argv[] = {name, nullptr};
       return long{::execve("f", argv, argv + 1)};
     }},
    {"now", [] { return long{::utimensat(AT_FDCWD, "f", nullptr, 0)}; }},
    {"getxattr", [] { return long{::getxattr("f", "user.none", nullptr, 0)}; }},
    {"chmod", [] { return long{::chmod("f", 0644)}; }},
};

long List(const char* path) {
  DIR* dir = ::opendir(path);
  return dir == nullptr ? -1 : ::closedir(dir);
}

constexpr Use kDirUses[] = {
    {"list", [] { return List("d"); }},
    {"search", [] { return long{::access("d/f", F_OK)}; }},
    {"search_none", [] { return long{::access("d/none", F_OK)}; }},
    {"chdir", [] { return long{::chdir("d")}; }},
    {"create", [] { return Closed(::open("d/new", O_CREAT | O_WRONLY, 0644)); }},
    {"create_existing", [] { return Closed(::open("d/f", O_CREAT | O_RDONLY, 0644)); }},
    {"create_excl", [] { return Closed(::open("d/f", O_CREAT | O_EXCL | O_RDONLY, 0644)); }},
    {"unlink", [] { return long{::unlink("d/f")}; }},
    {"unlink_none", [] { return long{::unlink("d/none")}; }},
    {"rmdir", [] { return long{::rmdir("d/sub")}; }},
    {"mkdir", [] { return long{::mkdir("d/new", 0755)}; }},
    {"mkdir_existing", [] { return long{::mkdir("d/sub", 0755)}; }},
    {"mkfifo", [] { return long{::mkfifo("d/new", 0644)}; }},
    {"symlink", [] { return long{::symlink("a", "d/new")}; }},
    {"link_in", [] { return long{::link("mine", "d/new")}; }},
    {"rename_in", [] { return long{::rename("mine", "d/new")}; }},
    {"rename_out", [] { return long{::rename("d/f", "new")}; }},
    {"rename_within", [] { return long{::rename("d/f", "d/new")}; }},
    {"rename_dir_out", [] { return long{::rename("d/sub", "new")}; }},
    {"rename_itself", [] { return long{::rename("d", "new")}; }},
    {"access_x", [] { return long{::faccessat(AT_FDCWD, "d", X_OK, AT_EACCESS)}; }},
};

// Runs `use` by kUser, with the bits for him only, or for all but him.
void Run(Cases& cases, const std::string& name, const Class& whose, mode_t mode, const Use& use,
         void (*make)(Place&), const char* target) {
  const bool root = ::geteuid() == 0;
  cases.Call(name, [&](Place& place) {
    make(place);
    if (root) {
      for (const char* mine : {".", "mine"}) place.Owner(mine, kUser, kUser);
      place.Owner(target, whose.uid, whose.gid);
    }
    place.Mode(target, mode);
    if (!root) return use.call();
    Identity user(kUser, kUser, kOther);
    return use.call();
  });
}

}  // namespace

void ModeCases(Cases& cases) {
  cases.Section("mode");
  const bool root = ::geteuid() == 0;
  for (const Class& whose : kClasses) {
    if (!root && whose.shift != 6) continue;
    for (mode_t bits = 0; bits < 16; ++bits) {
      // From 8 on: all the other classes have the bits that this one lacks.
      const mode_t own = (bits & 7) << whose.shift;
      const mode_t mode = bits < 8 ? own : 0777 & ~own;
      const std::string name = std::string(".") + whose.name + "." + std::to_string(bits);
      for (const Use& use : kFileUses) {
        Run(cases, "file_" + std::string(use.name) + name, whose, mode, use,
            [](Place& p) {
              p.File("mine");
              p.File("f");
            },
            "f");
      }
      for (const Use& use : kDirUses) {
        Run(cases, "dir_" + std::string(use.name) + name, whose, mode, use,
            [](Place& p) {
              p.File("mine");
              p.Dir("d");
              p.File("d/f", 0666);
              p.Dir("d/sub", 0777);
              if (::geteuid() != 0) return;
              p.Owner("d/f", kUser, kUser);
              p.Owner("d/sub", kUser, kUser);
            },
            "d");
      }
    }
  }
}

}  // namespace umsdk::posix
