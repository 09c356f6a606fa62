#include "frontends/session/descendants.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "sdk/base/unique_fd.h"

namespace umsdk::frontends {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<pid_t> ChildrenOf(pid_t process) {
  std::vector<pid_t> children;
  std::string tasks = "/proc/" + std::to_string(process) + "/task";
  DIR* directory = ::opendir(tasks.c_str());
  if (directory == nullptr) return children;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    std::ifstream file(tasks + "/" + entry->d_name + "/children");
    for (pid_t child; file >> child;) children.push_back(child);
  }
  ::closedir(directory);
  return children;
}

UniqueFd OpenProcess(pid_t process) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

// Parents first, so that none of them is told of a child's end before its own.
void SignalBelow(pid_t parent, int signal) {
  for (pid_t child : ChildrenOf(parent)) {
    UniqueFd pidfd = OpenProcess(child);
    // The number could have been given to a stranger since it was read.
    std::vector<pid_t> now = ChildrenOf(parent);
    if (!pidfd.valid() || std::find(now.begin(), now.end(), child) == now.end()) continue;
    ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0);
    if (signal == SIGTERM) ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGCONT, nullptr, 0);
    SignalBelow(child, signal);
  }
}

// False when there is no child any more.
bool Reap() {
  for (;;) {
    pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
    if (pid == 0) return true;
    if (pid < 0 && errno == ECHILD) return false;
  }
}

// Returns when a child has ended, or at the deadline.
void AwaitChild(Clock::time_point deadline) {
  std::vector<UniqueFd> pidfds;
  std::vector<pollfd> fds;
  for (pid_t child : ChildrenOf(::getpid())) pidfds.push_back(OpenProcess(child));
  for (const UniqueFd& pidfd : pidfds) fds.push_back({pidfd.get(), POLLIN, 0});
  auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  ::poll(fds.data(), fds.size(), static_cast<int>(std::max<int64_t>(left, 0)));
}

}  // namespace

void SignalDescendants(int signal) { SignalBelow(::getpid(), signal); }

void EndDescendants(std::chrono::milliseconds grace) {
  constexpr std::chrono::milliseconds kAgain(20);  // new ones may have been started
  if (!Reap()) return;
  SignalDescendants(SIGTERM);
  Clock::time_point deadline = Clock::now() + grace;
  while (Reap()) {
    AwaitChild(deadline);
    if (Clock::now() < deadline) continue;
    SignalDescendants(SIGKILL);
    deadline = Clock::now() + kAgain;
  }
}

}  // namespace umsdk::frontends
