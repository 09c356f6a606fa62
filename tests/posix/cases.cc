#include "tests/posix/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace umsdk::posix {
namespace {

void Must(int result, const std::string& what) {
  if (result == 0) return;
  ::perror(what.c_str());
  ::exit(2);
}

}  // namespace

void Cases::Section(const std::string& name) {
  section_ = name;
  count_ = 0;
  const std::string directory = top_ + "/" + section_;
  Must(::mkdir(directory.c_str(), 0755), directory);
}

std::string Cases::Enter() {
  std::string directory = top_ + "/" + section_ + "/" + std::to_string(count_++);
  Must(::mkdir(directory.c_str(), 0755), directory);
  Again(directory);
  return directory;
}

void Cases::Again(const std::string& directory) const { Must(::chdir(directory.c_str()), directory); }

void Cases::Print(const std::string& name, const Place& place, const std::string& result) const {
  const std::string text = place.error() != 0 ? "setup: " + ErrnoName(place.error()) : result;
  std::printf("%s.%s -> %s\n", section_.c_str(), name.c_str(), text.c_str());
}

void Cases::Call(const std::string& name, const std::function<long(Place&)>& body) {
  Text(name, [&](Place& place) { return Result(body(place)); });
}

void Cases::Text(const std::string& name, const std::function<std::string(Place&)>& body) {
  if (asked_++ % every_ != 0) return;
  Enter();
  Place place;
  std::string result = body(place);
  Must(::chdir(top_.c_str()), top_);
  Print(name, place, result);
}

void Cases::Reenter(const std::string& name) { section_ = name; }

void Cases::InSame(const std::string& name, const std::function<long()>& body) const {
  Again(top_ + "/" + section_ + "/0");
  Print(name, Place(), Result(body()));
}

}  // namespace umsdk::posix
