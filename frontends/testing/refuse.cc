// refuse NAME[=ERRNO]... -- CMD [ARG...]: runs CMD below a filter that refuses these mechanisms;
// the names are in refusals.cc. "inherit-listener": below somebody else's user notification
// listener.
#include <linux/seccomp.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "frontends/testing/refusals.h"

namespace umsdk::frontends {
namespace {

// A listener that traps nothing. It must stay open, so CMD inherits it at a number out of the way.
bool InstallListener() {
  int listener = InstallProgram(CompileFilter({}), SECCOMP_FILTER_FLAG_NEW_LISTENER);
  return listener >= 0 && ::dup2(listener, 99) == 99;
}

int Main(int argc, char** argv) {
  std::vector<Refusal> refusals;
  int at = 1;
  for (; at < argc && std::strcmp(argv[at], "--") != 0; ++at) {
    if (std::strcmp(argv[at], "inherit-listener") == 0) {
      if (InstallListener()) continue;
      std::perror("refuse: inherit-listener");
      return 125;
    }
    std::optional<std::vector<Refusal>> found = FindRefusals(argv[at]);
    if (!found) {
      std::fprintf(stderr, "refuse: nothing is called %s\n", argv[at]);
      return 125;
    }
    refusals.insert(refusals.end(), found->begin(), found->end());
  }
  if (at + 1 >= argc) {
    std::fputs("usage: refuse NAME[=ERRNO]... -- CMD [ARG...]\n", stderr);
    return 125;
  }
  if (!refusals.empty() && InstallProgram(CompileFilter(refusals), 0) != 0) {
    std::perror("refuse: seccomp");
    return 125;
  }
  ::execvp(argv[at + 1], argv + at + 1);
  std::perror(argv[at + 1]);
  return 127;
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
