// utimensat: what it sets, and who may.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

struct Value {
  const char* name;
  timespec time;
};
constexpr Value kValues[] = {
    {"now", {0, UTIME_NOW}},        {"omit", {0, UTIME_OMIT}},     {"set", {1500000000, 123456789}},
    {"zero", {0, 0}},               {"early", {-1000000000, 0}},   {"late", {4000000000, 0}},
    {"bad", {1500000000, 1000000000}}, {"negative", {1500000000, -1}},
};
constexpr timespec kBefore[2] = {{1000000000, 111111111}, {1000000001, 222222222}};

// A time as it must be said for two runs to say the same.
std::string Said(const timespec& time) {
  constexpr time_t kToday = 1700000000, kFuture = 3900000000;
  if (time.tv_sec > kToday && time.tv_sec < kFuture) return "today";
  return std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec);
}

std::string Times(const char* name) {
  struct stat st = {};
  ::lstat(name, &st);
  return " " + Said(st.st_atim) + " " + Said(st.st_mtim);
}

void Values(Cases& cases) {
  for (const char* kind : {"file", "empty_dir", "link_file", "fifo"}) {
    for (const Kind& made : Kinds()) {
      if (made.name != kind) continue;
      for (const Value& access : kValues) {
        for (const Value& change : kValues) {
          const std::string name = made.name + "." + access.name + "." + change.name;
          cases.Text(name, [&](Place& place) {
            made.make(place, "x");
            place.Need(::utimensat(AT_FDCWD, "x", kBefore, AT_SYMLINK_NOFOLLOW));
            const timespec times[2] = {access.time, change.time};
            std::string text = Result(::utimensat(AT_FDCWD, "x", times, AT_SYMLINK_NOFOLLOW));
            return text + Times("x");
          });
        }
      }
    }
  }
  cases.Text("null", [](Place& place) {
    place.File("x");
    place.Need(::utimensat(AT_FDCWD, "x", kBefore, 0));
    std::string text = Result(::utimensat(AT_FDCWD, "x", nullptr, 0));
    return text + Times("x");
  });
  cases.Text("descriptor", [](Place& place) {
    place.File("x");
    const int fd = ::open("x", O_RDONLY);
    std::string text = Result(::futimens(fd, kBefore));
    ::close(fd);
    return text + Times("x");
  });
  cases.Text("through_a_link", [](Place& place) {
    place.File("f");
    place.Symlink("f", "x");
    std::string text = Result(::utimensat(AT_FDCWD, "x", kBefore, 0));
    return text + Times("f");
  });
}

// The owner may set anything; who may write may set both to now.
void Permissions(Cases& cases) {
  for (uid_t owner : {kUser, kThird}) {
    for (mode_t mode : {0644, 0666, 0444, 0}) {
      for (const Value& access : kValues) {
        for (const Value& change : kValues) {
          const std::string name = "by_" + std::string(owner == kUser ? "owner." : "other.") +
                                   std::to_string(mode) + "." + access.name + "." + change.name;
          cases.Call(name, [&](Place& place) {
            place.File("x");
            place.Owner("x", owner, owner);
            place.Mode("x", mode);
            const timespec times[2] = {access.time, change.time};
            Identity user(kUser, kUser);
            return ::utimensat(AT_FDCWD, "x", times, 0);
          });
        }
      }
    }
  }
}

}  // namespace

void SetTimeCases(Cases& cases) {
  cases.Section("utimes");
  Values(cases);
  if (::geteuid() == 0) Permissions(cases);
}

}  // namespace umsdk::posix
