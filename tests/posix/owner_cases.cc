// chmod and chown by root, the owner and others, and sticky directories. All need root to prepare.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <string>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

struct Caller {
  const char* name;
  uid_t uid;
  gid_t gid;
  gid_t extra;
};
// The files belong to kUser and group kUser.
constexpr Caller kCallers[] = {{"root", 0, 0, 0},
                               {"owner", kUser, kUser, kOther},
                               {"owner_of_another_group", kUser, kOther, kOther},
                               {"member", kOther, kUser, kUser},
                               {"other", kOther, kOther, kOther}};

std::string Owned(const char* name) {
  struct stat st = {};
  ::lstat(name, &st);
  char text[80];
  std::snprintf(text, sizeof(text), " mode %o owner %u:%u", st.st_mode, st.st_uid, st.st_gid);
  return text;
}

// Acts as the caller; root needs no change.
std::string As(const Caller& caller, const std::function<long()>& act) {
  if (caller.uid == 0) return Result(act());
  Identity identity(caller.uid, caller.gid, caller.extra);
  return Result(act());
}

void Make(Place& p, const std::string& kind, mode_t mode) {
  if (kind == "dir") p.Dir("x");
  if (kind == "file") p.File("x");
  if (kind == "link") p.Symlink("none", "x");
  p.Owner("x", kUser, kUser);
  if (kind != "link") p.Mode("x", mode);
}

void ChmodCases(Cases& cases) {
  for (const Caller& caller : kCallers) {
    for (const char* kind : {"file", "dir"}) {
      for (mode_t mode : {0, 0777, 01755, 02755, 04755, 06711, 02644}) {
        const std::string name = std::string("chmod_") + kind + "." + caller.name;
        cases.Text(name + "." + std::to_string(mode), [&](Place& place) {
          Make(place, kind, 0644);
          std::string text = As(caller, [&] { return ::chmod("x", mode); });
          return text + Owned("x");
        });
      }
    }
  }
}

void ChownCases(Cases& cases) {
  constexpr uid_t kKeep = -1;
  for (const Caller& caller : kCallers) {
    for (const char* kind : {"file", "dir", "link"}) {
      for (uid_t uid : {kKeep, kUser, kOther, uid_t{0}}) {
        for (gid_t gid : {kKeep, kUser, kOther, kThird}) {
          const std::string name = std::string("chown_") + kind + "." + caller.name + ".";
          cases.Text(name + std::to_string(int(uid)) + "." + std::to_string(int(gid)), [&](Place& place) {
            Make(place, kind, 06755);
            std::string text = As(caller, [&] { return ::lchown("x", uid, gid); });
            return text + Owned("x");
          });
        }
      }
    }
    // A file whose group may not execute it keeps its setgid bit, which meant a lock.
    cases.Text(std::string("chown_locking.") + caller.name, [&](Place& place) {
      Make(place, "file", 02745);
      std::string text = As(caller, [&] { return ::chown("x", -1, kUser); });
      return text + Owned("x");
    });
  }
}

// Writing and truncating take the setuid and setgid bits away, from those without privileges.
void SetidCases(Cases& cases) {
  struct Row {
    const char* name;
    long (*call)();
  };
  constexpr Row kRows[] = {
      {"write",
       [] {
         const int fd = ::open("x", O_WRONLY);
         const long result = ::write(fd, "y", 1);
         ::close(fd);
         return result;
       }},
      {"truncate", [] { return long{::truncate("x", 1)}; }},
      {"open_trunc", [] { return Closed(::open("x", O_WRONLY | O_TRUNC)); }},
      {"read", [] { return Closed(::open("x", O_RDONLY)); }},
  };
  for (const Row& row : kRows) {
    for (const Caller& caller : kCallers) {
      for (mode_t mode : {06777, 02767, 04777}) {
        const std::string name = std::string("setid_") + row.name + "." + caller.name + ".";
        cases.Text(name + std::to_string(mode), [&](Place& place) {
          Make(place, "file", mode);
          std::string text = As(caller, row.call);
          return text + Owned("x");
        });
      }
    }
  }
}

// New files take owner and group of their maker, or the group of a setgid directory.
void InheritCases(Cases& cases) {
  for (mode_t mode : {0777, 02777}) {
    for (const Caller& caller : kCallers) {
      cases.Text(std::string("new.") + caller.name + "." + std::to_string(mode), [&](Place& place) {
        place.Dir("d");
        place.Owner("d", kThird, kThird);
        place.Mode("d", mode);
        As(caller, [&] {
          place.Need(Closed(::open("d/f", O_CREAT | O_WRONLY, 02775)));
          place.Need(::mkdir("d/d", 0755));
          place.Need(::symlink("a", "d/l"));
          place.Need(::mkfifo("d/p", 0644));
          return 0L;
        });
        return Owned("d/f") + "," + Owned("d/d") + "," + Owned("d/l") + "," + Owned("d/p");
      });
    }
  }
}

}  // namespace

void OwnerCases(Cases& cases) {
  cases.Section("owner");
  ChmodCases(cases);
  ChownCases(cases);
  SetidCases(cases);
  InheritCases(cases);
}

void StickyCases(Cases& cases) {
  cases.Section("sticky");
  struct Row {
    const char* name;
    long (*call)();
  };
  constexpr Row kRows[] = {
      {"unlink", [] { return long{::unlink("d/f")}; }},
      {"rmdir", [] { return long{::rmdir("d/sub")}; }},
      {"rename", [] { return long{::rename("d/f", "d/new")}; }},
      {"rename_dir", [] { return long{::rename("d/sub", "d/new")}; }},
      {"rename_out", [] { return long{::rename("d/f", "new")}; }},
      {"rename_over", [] { return long{::rename("mine", "d/f")}; }},
      {"rename_dir_over", [] { return long{::rename("my_dir", "d/sub")}; }},
      {"rename_over_in_it", [] { return long{::rename("d/mine", "d/f")}; }},
      {"open_creat", [] { return Closed(::open("d/f", O_CREAT | O_WRONLY, 0644)); }},
      {"link", [] { return long{::link("d/f", "d/new")}; }},
  };
  for (const Row& row : kRows) {
    for (mode_t mode : {0777, 01777}) {
      for (uid_t above : {kUser, kThird}) {
        for (uid_t owner : {kUser, kThird, kOther}) {
          const std::string name = std::string(row.name) + "." + std::to_string(mode) + "." +
                                   std::to_string(above) + "." + std::to_string(owner);
          cases.Call(name, [&](Place& p) {
            p.Dir("d");
            p.Dir("my_dir");
            p.Dir("d/sub", 0777);
            for (const char* file : {"mine", "d/mine", "d/f"}) p.File(file, 0666);
            for (const char* mine : {".", "mine", "my_dir", "d/mine"}) p.Owner(mine, kUser, kUser);
            p.Owner("d", above, kUser);
            p.Owner("d/f", owner, kUser);
            p.Owner("d/sub", owner, kUser);
            p.Mode("d", mode);
            Identity user(kUser, kUser);
            return row.call();
          });
        }
      }
    }
  }
}

}  // namespace umsdk::posix
