// What is in use: programs that run, directories that are mounted on.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

// A program on the file system under test.
void CopyProgram(Place& place, const char* name) {
  const int from = ::open("/bin/cat", O_RDONLY);
  const int to = ::open(name, O_CREAT | O_WRONLY | O_EXCL, 0755);
  place.Need(from);
  place.Need(to);
  char buffer[65536];
  for (ssize_t n; (n = ::read(from, buffer, sizeof(buffer))) > 0;) place.Need(::write(to, buffer, n));
  ::close(from);
  ::close(to);
}

// Runs the program, which waits for the end of a pipe, and `body` meanwhile.
template <typename Body>
std::string WhileRunning(Place& place, Body body) {
  int in[2], out[2];
  place.Need(::pipe2(in, O_CLOEXEC));
  place.Need(::pipe2(out, O_CLOEXEC));
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(in[0], 0);
    ::dup2(out[1], 1);
    ::execl("./program", "program", nullptr);
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  // It has run since it gave back what it was given.
  char byte = 'x';
  place.Need(::write(in[1], &byte, 1));
  std::string text = ::read(out[0], &byte, 1) == 1 ? body() : "did not run";
  ::close(in[1]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  ::close(out[0]);
  return text + ", status " + std::to_string(status);
}

struct Row {
  const char* name;
  long (*call)();
};
constexpr Row kRows[] = {
    {"read", [] { return Closed(::open("program", O_RDONLY)); }},
    {"write", [] { return Closed(::open("program", O_WRONLY)); }},
    {"read_write", [] { return Closed(::open("program", O_RDWR)); }},
    {"trunc", [] { return Closed(::open("program", O_RDONLY | O_TRUNC)); }},
    {"truncate", [] { return long{::truncate("program", 0)}; }},
    {"unlink", [] { return long{::unlink("program")}; }},
    {"rename", [] { return long{::rename("program", "new")}; }},
    {"rename_over",
     [] { return Closed(::creat("new", 0755)) < 0 ? -1L : long{::rename("new", "program")}; }},
    {"chmod", [] { return long{::chmod("program", 0)}; }},
    {"access", [] { return long{::access("program", W_OK)}; }},
};

}  // namespace

void BusyCases(Cases& cases) {
  cases.Section("busy");
  for (const Row& row : kRows) {
    cases.Text(std::string("running.") + row.name, [&](Place& place) {
      CopyProgram(place, "program");
      return WhileRunning(place, [&] { return Result(row.call()); });
    });
  }
  cases.Text("exec_of_a_file_open_for_writing", [](Place& place) {
    CopyProgram(place, "program");
    const int fd = ::open("program", O_WRONLY);
    place.Need(fd);
    char name[] = "program";
    char* argv[] = {name, nullptr};
    const std::string text = Result(::execve("program", argv, argv + 1));
    ::close(fd);
    return text;
  });
}

}  // namespace umsdk::posix
