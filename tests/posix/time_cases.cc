// Which calls change which times, of the files they touch and of the directories above.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

struct Row {
  const char* name;
  long (*call)();
};

template <typename Body>
long With(const char* name, int flags, Body body) {
  const int fd = ::open(name, flags);
  const long result = fd < 0 ? -1 : body(fd);
  Closed(fd);
  return result;
}

long List() {
  DIR* dir = ::opendir("d");
  while (dir != nullptr && ::readdir(dir) != nullptr) {
  }
  return dir == nullptr ? -1 : ::closedir(dir);
}

long Read(int fd) {
  char text[8];
  return ::read(fd, text, sizeof(text));
}

constexpr Row kRows[] = {
    {"nothing", [] { return 0L; }},
    {"create", [] { return Closed(::open("d/new", O_CREAT | O_WRONLY, 0644)); }},
    {"create_existing", [] { return Closed(::open("d/f", O_CREAT | O_WRONLY, 0644)); }},
    {"create_failed", [] { return Closed(::open("d/f", O_CREAT | O_EXCL, 0644)); }},
    {"open_trunc", [] { return Closed(::open("d/f", O_TRUNC | O_WRONLY)); }},
    {"open_trunc_empty", [] { return Closed(::open("d/empty", O_TRUNC | O_WRONLY)); }},
    {"read", [] { return With("d/f", O_RDONLY, Read); }},
    {"read_at_end", [] { return With("d/empty", O_RDONLY, Read); }},
    {"write", [] { return With("d/f", O_WRONLY, [](int fd) { return ::write(fd, "x", 1); }); }},
    {"write_nothing", [] { return With("d/f", O_WRONLY, [](int fd) { return ::write(fd, "", 0); }); }},
    {"truncate", [] { return long{::truncate("d/f", 1)}; }},
    {"truncate_same", [] { return long{::truncate("d/f", 4)}; }},
    {"ftruncate", [] { return With("d/f", O_WRONLY, [](int fd) { return long{::ftruncate(fd, 9)}; }); }},
    {"ftruncate_same",
     [] { return With("d/f", O_WRONLY, [](int fd) { return long{::ftruncate(fd, 4)}; }); }},
    {"fsync", [] { return With("d/f", O_WRONLY, [](int fd) { return long{::fsync(fd)}; }); }},
    {"chmod", [] { return long{::chmod("d/f", 0600)}; }},
    {"chmod_same", [] { return long{::chmod("d/f", 0644)}; }},
    {"chmod_dir", [] { return long{::chmod("d", 0700)}; }},
    {"chown", [] { return long{::chown("d/f", ::geteuid(), ::getegid())}; }},
    {"chown_nothing", [] { return long{::chown("d/f", -1, -1)}; }},
    {"lchown", [] { return long{::lchown("d/l", ::geteuid(), ::getegid())}; }},
    {"utimes", [] { return long{::utimensat(AT_FDCWD, "d/f", nullptr, 0)}; }},
    {"link", [] { return long{::link("d/f", "d/new")}; }},
    {"link_away", [] { return long{::link("d/f", "e/new")}; }},
    {"link_failed", [] { return long{::link("d/f", "d/empty")}; }},
    {"unlink", [] { return long{::unlink("d/f")}; }},
    {"unlink_one_of_two", [] { return long{::unlink("d/hard")}; }},
    {"unlink_failed", [] { return long{::unlink("d/none")}; }},
    {"mkdir", [] { return long{::mkdir("d/new", 0755)}; }},
    {"mkdir_failed", [] { return long{::mkdir("d/f", 0755)}; }},
    {"rmdir", [] { return long{::rmdir("d/sub")}; }},
    {"rmdir_failed", [] { return long{::rmdir("d")}; }},
    {"symlink", [] { return long{::symlink("a", "d/new")}; }},
    {"mkfifo", [] { return long{::mkfifo("d/new", 0644)}; }},
    {"rename", [] { return long{::rename("d/f", "d/new")}; }},
    {"rename_away", [] { return long{::rename("d/f", "e/new")}; }},
    {"rename_over", [] { return long{::rename("d/f", "d/empty")}; }},
    {"rename_dir", [] { return long{::rename("d/sub", "e/new")}; }},
    {"rename_same", [] { return long{::rename("d/hard", "d/other")}; }},
    {"rename_failed", [] { return long{::rename("d/none", "d/new")}; }},
    {"readlink", [] { char text[8]; return long{::readlink("d/l", text, sizeof(text))}; }},
    {"list", [] { return List(); }},
    {"stat", [] { struct stat st; return long{::stat("d/f", &st)}; }},
    {"setxattr", [] { return long{::setxattr("d/f", "user.a", "b", 1, 0)}; }},
    {"fallocate", [] { return With("d/f", O_RDWR, [](int fd) { return long{::fallocate(fd, 0, 0, 99)}; }); }},
};
// Looked at before and after.
constexpr const char* kNames[] = {".", "d", "e", "d/f", "d/empty", "d/hard", "d/sub", "d/l"};
using Stats = std::array<struct stat, std::size(kNames)>;

void Make(Place& p) {
  p.Dir("d");
  p.Dir("e");
  p.Dir("d/sub");
  p.File("d/f");
  p.File("d/empty", 0644, "");
  p.File("d/hard");
  p.Need(::link("d/hard", "d/other"));
  p.Symlink("a", "d/l");
}

// Descriptors without access: they stay what they are, whatever their names become.
std::vector<int> OpenAll(Place& place) {
  std::vector<int> all;
  for (const char* name : kNames) {
    all.push_back(::open(name, O_PATH | O_NOFOLLOW));
    place.Need(all.back());
  }
  return all;
}

Stats StatAll(Place& place, const std::vector<int>& all) {
  Stats stats = {};
  for (size_t i = 0; i < all.size(); ++i)
    place.Need(::fstatat(all[i], "", &stats[i], AT_EMPTY_PATH));
  return stats;
}

bool Same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

std::string Changed(const Stats& before, const Stats& after) {
  std::string text;
  for (size_t i = 0; i < before.size(); ++i) {
    std::string letters;
    if (!Same(before[i].st_atim, after[i].st_atim)) letters += "a";
    if (!Same(before[i].st_mtim, after[i].st_mtim)) letters += "m";
    if (!Same(before[i].st_ctim, after[i].st_ctim)) letters += "c";
    if (!letters.empty()) text += std::string(" ") + kNames[i] + ":" + letters;
  }
  return text;
}

// Until every clock that a file system may take its times from has another second.
void AwaitNextSecond() {
  timespec now;
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  constexpr long kTick = 20000000;
  const timespec next = {now.tv_sec + 1, kTick};
  while (::clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &next, nullptr) != 0) {
  }
}

struct Prepared {
  const Row* row;
  std::string directory;
  Place place;
  std::vector<int> open;
  Stats before;
};

}  // namespace

// All are prepared, then one wait serves all.
void TimeCases(Cases& cases) {
  cases.Section("times");
  std::vector<Prepared> all;
  for (const Row& row : kRows) {
    Prepared one = {&row, cases.Enter(), {}, {}, {}};
    Make(one.place);
    one.open = OpenAll(one.place);
    one.before = StatAll(one.place, one.open);
    all.push_back(std::move(one));
  }
  AwaitNextSecond();
  for (Prepared& one : all) {
    cases.Again(one.directory);
    std::string text = Result(one.row->call());
    text += Changed(one.before, StatAll(one.place, one.open));
    cases.Print(one.row->name, one.place, text);
    for (int fd : one.open) ::close(fd);
  }
}

}  // namespace umsdk::posix
