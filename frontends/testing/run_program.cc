#include "frontends/testing/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {
namespace {

constexpr int kPatienceMilliseconds = 20000;

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void Exec(std::vector<std::string> argv, const ProgramOptions& options, int in,
                       int out, int err) {
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(126);
  std::vector<std::string> env = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                                  "HOME=/nonexistent"};
  env.insert(env.end(), options.env.begin(), options.env.end());
  ::execvpe(argv[0].c_str(), Pointers(argv).data(), Pointers(env).data());
  ::_exit(127);
}

UniqueFd InputFile(const std::string& text) {
  UniqueFd fd(::memfd_create("input", MFD_CLOEXEC));
  if (::write(fd.get(), text.data(), text.size()) < 0 || ::lseek(fd.get(), 0, SEEK_SET) != 0)
    ::abort();
  return fd;
}

// Reads both to their ends; false if that takes too long.
bool Drain(UniqueFd fds[2], std::string* texts[2]) {
  pollfd polls[2] = {{fds[0].get(), POLLIN, 0}, {fds[1].get(), POLLIN, 0}};
  while (polls[0].fd >= 0 || polls[1].fd >= 0) {
    if (::poll(polls, 2, kPatienceMilliseconds) <= 0) return false;
    for (int i = 0; i < 2; ++i) {
      if (polls[i].fd < 0 || polls[i].revents == 0) continue;
      char buffer[4096];
      ssize_t count = ::read(polls[i].fd, buffer, sizeof(buffer));
      if (count > 0) texts[i]->append(buffer, static_cast<size_t>(count));
      if (count <= 0) polls[i].fd = -1;
    }
  }
  return true;
}

}  // namespace

ProgramResult RunProgram(const std::vector<std::string>& argv, const ProgramOptions& options) {
  ProgramResult result;
  int out[2], err[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) return result;
  UniqueFd out_end(out[1]), err_end(err[1]);
  UniqueFd ends[2] = {UniqueFd(out[0]), UniqueFd(err[0])};
  UniqueFd in = InputFile(options.in);
  pid_t child = ::fork();
  if (child == 0) Exec(argv, options, in.get(), out_end.get(), err_end.get());
  out_end.Reset();
  err_end.Reset();
  std::string* texts[2] = {&result.out, &result.err};
  if (!Drain(ends, texts)) {
    result.err += "(silent for too long: killed)\n";
    ::kill(child, SIGKILL);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return result;
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

}  // namespace umsdk::frontends
