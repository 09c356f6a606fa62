// random_tree DIR MODEL SEED COUNT: random operations on the names of a tree; see twin_run.h.
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "tests/live/twin_run.h"

namespace umsdk::live {
namespace {

class TreeRun {
 public:
  explicit TreeRun(char** argv) : run_(argv) {
    for (Side side : {kTested, kModel}) ::mkdir((run_.top(side) + "/tree").c_str(), 0755);
  }

  void Run() {
    run_.Run([this] {
      using Step = void (TreeRun::*)();
      constexpr Step kSteps[] = {
          &TreeRun::MakeFile, &TreeRun::MakeFile, &TreeRun::MakeDir, &TreeRun::MakeDir, &TreeRun::Unlink,
          &TreeRun::RemoveDir, &TreeRun::Rename,  &TreeRun::Rename,  &TreeRun::Link,   &TreeRun::Symlink,
          &TreeRun::Chmod,    &TreeRun::Truncate, &TreeRun::WriteText, &TreeRun::Stat, &TreeRun::List};
      (this->*kSteps[run_.Pick(std::size(kSteps))])();
      if (run_.done() % 200 == 0) CompareAll();
    });
    CompareAll();
  }

 private:
  // Few names, so that they are met again; some lead through files, links and what is not there.
  std::string Name() {
    constexpr const char* kNames[] = {"a", "b", "c", "d", "file", "link", "a name with spaces"};
    std::string path = "/tree";
    for (unsigned depth = run_.Pick(3) + 1; depth > 0; --depth)
      path += std::string("/") + kNames[run_.Pick(std::size(kNames))];
    if (run_.Pick(20) == 0) path += "/..";
    return path;
  }
  std::string At(Side side, const std::string& name) const { return run_.top(side) + name; }
  struct stat Model(const std::string& name) const {
    struct stat st = {};
    ::lstat(At(kModel, name).c_str(), &st);
    return st;
  }

  void MakeFile() {
    const std::string name = Name();
    const int flags = O_WRONLY | O_CREAT | (run_.Pick(2) == 0 ? O_EXCL : O_TRUNC);
    run_.Both("create " + name, [&](Side side) -> long {
      int fd = ::open(At(side, name).c_str(), flags, 0644);
      return fd < 0 ? -1 : ::close(fd);
    });
  }
  void MakeDir() {
    const std::string name = Name();
    run_.Both("mkdir " + name, [&](Side side) { return ::mkdir(At(side, name).c_str(), 0755); });
  }
  void Unlink() {
    const std::string name = Name();
    run_.Both("unlink " + name, [&](Side side) { return ::unlink(At(side, name).c_str()); });
  }
  void RemoveDir() {
    const std::string name = Name();
    run_.Both("rmdir " + name, [&](Side side) { return ::rmdir(At(side, name).c_str()); });
  }
  void Rename() {
    const std::string from = Name(), to = Name();
    const unsigned flags = run_.Pick(4) == 0 ? RENAME_NOREPLACE : 0;
    run_.Both("rename " + from + " to " + to, [&](Side side) {
      int done =
          ::renameat2(AT_FDCWD, At(side, from).c_str(), AT_FDCWD, At(side, to).c_str(), flags);
      // A daemon with an old library knows no flags.
      if (done != 0 && flags != 0 && side == kTested && errno == EINVAL) errno = EOPNOTSUPP;
      return done;
    });
  }
  // A second name for a moment: what programs see by both of them at once differs among FUSE's caches.
  void Link() {
    const std::string from = Name(), to = Name();
    if (S_ISLNK(Model(from).st_mode)) return;
    bool made = run_.Both("link " + from + " to " + to, [&](Side side) {
      return ::link(At(side, from).c_str(), At(side, to).c_str());
    });
    if (!made) return;
    run_.Both("unlink " + from, [&](Side side) { return ::unlink(At(side, from).c_str()); });
  }
  void Symlink() {
    const std::string name = Name();
    std::string target = Name().substr(6);  // behind "/tree/"
    if (run_.Pick(2) == 0) target = "../" + target;
    run_.Both("symlink " + name + " to " + target,
              [&](Side side) { return ::symlink(target.c_str(), At(side, name).c_str()); });
  }
  void Chmod() {
    const std::string name = Name();
    const mode_t mode = 0700 | run_.Pick(0100);  // directories stay of use
    run_.Both("chmod " + name, [&](Side side) { return ::chmod(At(side, name).c_str(), mode); });
  }
  void Truncate() {
    const std::string name = Name();
    const off_t size = run_.Pick(20000);
    run_.Both("truncate " + name, [&](Side side) { return ::truncate(At(side, name).c_str(), size); });
  }
  void WriteText() {
    const std::string name = Name(), text(run_.Pick(9000), static_cast<char>('a' + run_.Pick(26)));
    run_.Both("write " + name, [&](Side side) -> long {
      int fd = ::open(At(side, name).c_str(), O_WRONLY | O_APPEND);
      if (fd < 0) return -1;
      long count = ::write(fd, text.data(), text.size());
      ::close(fd);
      return count;
    });
  }
  void Stat() {
    const std::string name = Name();
    run_.Both("stat " + name, [&](Side side) -> long {
      struct stat st;
      return ::stat(At(side, name).c_str(), &st) == 0 ? static_cast<long>(st.st_mode) : -1;
    });
  }
  void List() {
    const std::string name = Name();
    std::string seen[2];
    run_.Both("list " + name, [&](Side side) -> long { return NamesIn(At(side, name), seen[side]); });
    if (seen[0] != seen[1]) run_.Fail("has " + seen[0] + ", should have " + seen[1]);
  }

  static long NamesIn(const std::string& path, std::string& out) {
    DIR* dir = ::opendir(path.c_str());
    if (dir == nullptr) return -1;
    std::set<std::string> names;
    while (const dirent* entry = ::readdir(dir)) names.insert(entry->d_name);
    ::closedir(dir);
    for (const std::string& name : names) out += name + ",";
    return static_cast<long>(names.size());
  }

  void CompareAll() {
    std::ostringstream trees[2];
    run_.Both("walk", [&](Side side) { return Walk(At(side, "/tree"), "", trees[side]); });
    if (trees[0].str() != trees[1].str())
      run_.Fail("the trees differ: is\n" + trees[0].str() + "should be\n" + trees[1].str());
  }
  static long Walk(const std::string& top, const std::string& name, std::ostringstream& out) {
    struct stat st;
    const std::string path = top + name;
    if (::lstat(path.c_str(), &st) != 0) return -1;
    out << name << " " << std::oct << st.st_mode << std::dec;
    if (S_ISREG(st.st_mode)) out << " " << st.st_nlink << " " << st.st_size << " " << Sum(path);
    if (S_ISLNK(st.st_mode)) {
      char text[4096] = {};
      if (::readlink(path.c_str(), text, sizeof(text) - 1) < 0) return -1;
      out << " " << text;
    }
    out << "\n";
    if (!S_ISDIR(st.st_mode)) return 0;
    std::string names;
    if (NamesIn(path, names) < 0) return -1;
    std::istringstream in(names);
    for (std::string child; std::getline(in, child, ',');) {
      if (child == "." || child == "..") continue;
      if (Walk(top, name + "/" + child, out) < 0) return -1;
    }
    return 0;
  }
  static uint64_t Sum(const std::string& path) {
    int fd = ::open(path.c_str(), O_RDONLY);
    uint64_t sum = 14695981039346656037u;
    char bytes[8192];
    ssize_t count;
    while ((count = ::read(fd, bytes, sizeof(bytes))) > 0) {
      for (ssize_t i = 0; i < count; ++i) sum = (sum ^ static_cast<unsigned char>(bytes[i])) * 1099511628211u;
    }
    ::close(fd);
    return sum;
  }

  TwinRun run_;
};

}  // namespace
}  // namespace umsdk::live

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  umsdk::live::TreeRun(argv).Run();
}
