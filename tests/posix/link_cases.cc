// Counts of links, lengths of symbolic links, files that have no name any more.
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

std::string Links(const char* name) {
  struct stat st;
  if (::lstat(name, &st) != 0) return Result(-1);
  return std::to_string(st.st_nlink);
}

void SymlinkCases(Cases& cases) {
  for (size_t size : {0, 1, 59, 60, 61, 255, 256, 1023, 1024, 4094, 4095, 4096}) {
    cases.Text("symlink_of_" + std::to_string(size), [&](Place&) {
      const std::string target(size, 't');
      std::string text = Result(::symlink(target.c_str(), "x"));
      struct stat st = {};
      if (::lstat("x", &st) != 0) return text;
      char seen[PATH_MAX + 1];
      const ssize_t length = ::readlink("x", seen, sizeof(seen));
      text += " size " + std::to_string(st.st_size) + " mode " + std::to_string(st.st_mode);
      return text + (length >= 0 && target == std::string(seen, length) ? " same" : " another");
    });
  }
  for (int depth : {1, 39, 40, 41}) {
    cases.Call("chain_of_" + std::to_string(depth), [&](Place& place) {
      place.File("0");
      for (int i = 1; i <= depth; ++i) place.Symlink(std::to_string(i - 1), std::to_string(i));
      return Closed(::open(std::to_string(depth).c_str(), O_RDONLY));
    });
  }
  cases.Text("readlink_short", [](Place& place) {
    place.Symlink("target", "x");
    char seen[4] = "...";
    const ssize_t length = ::readlink("x", seen, 3);
    return std::to_string(length) + " " + seen;
  });
}

void CountCases(Cases& cases) {
  cases.Text("count_of_a_file", [](Place& place) {
    place.File("f");
    std::string text = Links("f");
    place.Need(::link("f", "g"));
    text += " " + Links("f") + " " + Links("g");
    place.Need(::unlink("f"));
    return text + " " + Links("g");
  });
  cases.Text("count_of_a_directory", [](Place& place) {
    place.Dir("d");
    std::string text = Links("d");
    place.Dir("d/a");
    place.File("d/f");
    text += " " + Links("d");
    place.Need(::rename("d/a", "a"));
    text += " " + Links("d");
    place.Need(::rename("a", "d/b"));
    text += " " + Links("d");
    place.Need(::rmdir("d/b"));
    return text + " " + Links("d") + " above " + Links(".");
  });
  cases.Text("same_attributes", [](Place& place) {
    place.File("f");
    place.Need(::link("f", "g"));
    place.Mode("g", 0600);
    place.Need(::truncate("g", 1));
    struct stat f = {}, g = {};
    place.Need(::stat("f", &f));
    place.Need(::stat("g", &g));
    return std::to_string(f.st_mode) + " " + std::to_string(f.st_size) +
           (f.st_ino == g.st_ino && f.st_ctim.tv_nsec == g.st_ctim.tv_nsec ? " same" : " other");
  });
}

void NamelessCases(Cases& cases) {
  cases.Text("unlinked_file", [](Place& place) {
    place.File("f");
    const int fd = ::open("f", O_RDWR);
    place.Need(::unlink("f"));
    struct stat st = {};
    place.Need(::fstat(fd, &st));
    std::string text = "links " + std::to_string(st.st_nlink) + ", name " + Links("f");
    char seen[16] = {};
    text += ", write " + Result(::pwrite(fd, "more", 4, 4)) + ", read " + Result(::pread(fd, seen, 8, 0));
    text += std::string(" ") + seen + ", chmod " + Result(::fchmod(fd, 0600));
    text += ", truncate " + Result(::ftruncate(fd, 1));
    place.Need(::fstat(fd, &st));
    text += " to " + std::to_string(st.st_size) + ", new file " + Result(Closed(::creat("f", 0644)));
    ::close(fd);
    return text;
  });
  cases.Text("directory_of_an_unlinked_open_file", [](Place& place) {
    place.Dir("d");
    place.File("d/f");
    const int fd = ::open("d/f", O_RDWR);
    place.Need(::unlink("d/f"));
    std::string text = Result(::rmdir("d"));
    ::close(fd);
    return text;
  });
  cases.Text("removed_working_directory", [](Place& place) {
    place.Dir("d");
    place.Need(::chdir("d"));
    place.Need(::rmdir("../d"));
    std::string text = "file " + Result(Closed(::open("f", O_CREAT | O_WRONLY, 0644)));
    text += ", directory " + Result(::mkdir("x", 0755)) + ", symlink " + Result(::symlink("a", "b"));
    struct stat st = {};
    text += ", stat " + Result(::stat(".", &st)) + " links " + std::to_string(st.st_nlink);
    return text + ", up " + Result(::chdir(".."));
  });
  cases.Text("temporary_file", [](Place&) {
    const int fd = ::open(".", O_TMPFILE | O_RDWR, 0644);
    std::string text = Result(fd);
    if (fd < 0) return text;
    const std::string name = "/proc/self/fd/" + std::to_string(fd);
    text += ", " + Result(::linkat(AT_FDCWD, name.c_str(), AT_FDCWD, "x", AT_SYMLINK_FOLLOW));
    ::close(fd);
    return text + ", links " + Links("x");
  });
}

}  // namespace

void LinkCases(Cases& cases) {
  cases.Section("link");
  SymlinkCases(cases);
  CountCases(cases);
  NamelessCases(cases);
}

}  // namespace umsdk::posix
