// Any kind of file renamed to any other, and what rename does to directories and links.
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

std::string Seen(const char* name) {
  struct stat st;
  if (::lstat(name, &st) != 0) return std::string(name) + " " + Result(-1);
  return std::string(name) + " " + std::to_string(st.st_mode >> 12) + "x" + std::to_string(st.st_nlink);
}

ino_t Inode(const char* name) {
  struct stat st = {};
  ::lstat(name, &st);
  return st.st_ino;
}

void Matrix(Cases& cases, const std::string& name, unsigned flags) {
  for (const Kind& from : Kinds()) {
    for (const Kind& to : Kinds()) {
      cases.Text(name + "." + from.name + "." + to.name, [&](Place& place) {
        from.make(place, "from");
        to.make(place, "to");
        const ino_t inode = Inode("from");
        std::string text = Result(::renameat2(AT_FDCWD, "from", AT_FDCWD, "to", flags));
        text += ", " + Seen("from") + ", " + Seen("to");
        return text + (Inode("to") == inode ? ", moved" : "");
      });
    }
  }
}

struct Row {
  const char* name;
  const char* from;
  const char* to;
};
constexpr Row kRows[] = {
    {"itself", "f", "f"},
    {"same_file", "f", "hard"},
    {"dir_itself", "d", "d"},
    {"into_itself", "d", "d/new"},
    {"deep_into_itself", "d", "d/sub/new"},
    {"onto_child", "d", "d/sub"},
    {"onto_parent", "d/sub", "d"},
    {"onto_grandparent", "d/sub/subsub", "d"},
    {"up", "d/sub", "new"},
    {"down", "empty", "d/sub/empty"},
    {"dot", ".", "new"},
    {"to_dot", "d", "."},
    {"dotdot", "..", "new"},
    {"to_dotdot", "d", ".."},
    {"dir_dot", "d/.", "new"},
    {"dir_to_slash", "d", "new/"},
    {"file_to_slash", "f", "new/"},
    {"slash_dir", "d/", "new"},
    {"slash_file", "f/", "new"},
    {"file_to_slash_file", "f", "hard/"},
    {"dir_to_slash_dir", "d/", "empty/"},
    {"through_link", "to_d/f", "to_d/g"},
    {"slash_link", "to_d/", "new"},
    {"to_slash_link", "empty", "to_d/"},
};

void Prepare(Place& p) {
  p.File("f");
  p.Need(::link("f", "hard"));
  p.Dir("d");
  p.Dir("d/sub");
  p.Dir("d/sub/subsub");
  p.File("d/f");
  p.Dir("empty");
  p.Symlink("d", "to_d");
}

}  // namespace

void RenameCases(Cases& cases) {
  cases.Section("rename");
  Matrix(cases, "plain", 0);
  Matrix(cases, "noreplace", RENAME_NOREPLACE);
  Matrix(cases, "exchange", RENAME_EXCHANGE);
  for (const Row& row : kRows) {
    cases.Text(row.name, [&](Place& place) {
      Prepare(place);
      std::string text = Result(::rename(row.from, row.to));
      for (const char* name : {".", "f", "hard", "d", "d/sub", "empty", "new"})
        text += ", " + Seen(name);
      return text;
    });
  }
  cases.Text("dotdot_of_a_moved_directory", [](Place& place) {
    place.Dir("a");
    place.Dir("a/x");
    place.Dir("b");
    place.Need(::rename("a/x", "b/x"));
    return std::string(Inode("b/x/..") == Inode("b") ? "new parent" : "old parent") + ", " +
           Seen("a") + ", " + Seen("b");
  });
  cases.Text("open_file_that_is_replaced", [](Place& place) {
    place.File("f");
    place.File("g", 0644, "other");
    const int fd = ::open("f", O_RDWR);
    place.Need(::rename("g", "f"));
    struct stat st = {};
    place.Need(::fstat(fd, &st));
    char text[8] = {};
    place.Need(::pread(fd, text, 4, 0));
    ::close(fd);
    return std::string(text) + " links " + std::to_string(st.st_nlink);
  });
}

}  // namespace umsdk::posix
