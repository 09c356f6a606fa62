// posix_cases TOP: makes system calls on names below the directory TOP and prints a line for each,
// NAME -> RESULT: "ok" or an errno, and what came of it. The results of two file systems can be compared.
// posix_cases --read-only TOP: a second run, after the file system was mounted read-only.
// posix_cases --every=N TOP: each N-th case only.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/posix/cases.h"

namespace {

constexpr char kEvery[] = "--every=";

}  // namespace

int main(int argc, char** argv) {
  using umsdk::posix::Cases;
  const std::string option = argc == 3 ? argv[1] : "";
  const bool read_only = option == "--read-only", some = option.starts_with(kEvery);
  const int every = some ? std::atoi(option.c_str() + sizeof(kEvery) - 1) : 1;
  if (argc < 2 || argc > 3 || (argc == 3 && !read_only && !some) || every < 1) {
    std::fprintf(stderr, "usage: posix_cases [--read-only | --every=N] TOP\n");
    return 2;
  }
  ::umask(022);
  Cases cases(argv[argc - 1], every);
  if (read_only) {
    umsdk::posix::ReadOnlyCases(cases);
    return 0;
  }
  const bool root = ::geteuid() == 0;
  umsdk::posix::PathCases(cases);
  umsdk::posix::OpenCases(cases);
  umsdk::posix::RenameCases(cases);
  umsdk::posix::LinkCases(cases);
  umsdk::posix::SizeCases(cases);
  umsdk::posix::ModeCases(cases);
  if (root) {
    umsdk::posix::OwnerCases(cases);
    umsdk::posix::StickyCases(cases);
  }
  umsdk::posix::SetTimeCases(cases);
  umsdk::posix::TimeCases(cases);
  umsdk::posix::BusyCases(cases);
  umsdk::posix::PrepareReadOnly(cases);
}
