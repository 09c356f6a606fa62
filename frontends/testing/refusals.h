// Refusals: seccomp filters that take one mechanism away from a program, as outer filters do.
#ifndef FRONTENDS_TESTING_REFUSALS_H_
#define FRONTENDS_TESTING_REFUSALS_H_

#include <linux/filter.h>

#include <optional>
#include <string>
#include <vector>

namespace umsdk::frontends {

// A call is answered with an errno, if its argument has these bits.
struct Refusal {
  int call = 0;
  int error = 0;
  int argument = -1;  // which one to look at; -1: none
  unsigned mask = 0;
  unsigned value = 0;  // any_bit: refuses if any bit of the mask is set
  bool any_bit = false;
};

// `word`: NAME or NAME=ERRNO, NAME being a key of the table in refusals.cc ("ptrace", "listener",
// "docker": what Docker's default profile refuses a container without extra capabilities).
std::optional<std::vector<Refusal>> FindRefusals(const std::string& word);

// Refuses them all, lets the rest pass.
std::vector<sock_filter> CompileFilter(const std::vector<Refusal>& refusals);

// Installs the program on this thread; sets no_new_privs where the kernel demands it. As
// seccomp(2).
int InstallProgram(std::vector<sock_filter> program, unsigned flags);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_TESTING_REFUSALS_H_
