// Every call that takes a name, with every kind of file and every kind of name that there is.
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/posix/calls.h"
#include "tests/posix/cases.h"

namespace umsdk::posix {
namespace {

struct Situation {
  std::string name;
  std::string path;
  void (*make)(Place& place);
};

std::string LongPath(size_t size) {
  std::string path;
  while (path.size() + 2 <= size - 1) path += "./";
  path.resize(size - 1, '/');
  return path + "x";
}

void Inside(Place& p) {
  p.Dir("inside");
  p.Need(::chdir("inside"));
}

void Tree(Place& p) {
  p.File("file");
  p.Dir("dir");
  p.File("dir/x");
  p.Symlink("file", "to_file");
  p.Symlink("dir", "to_dir");
  p.Symlink("none", "to_none");
  p.Symlink("loop", "loop");
}

std::vector<Situation> Names() {
  const auto nothing = [](Place&) {};
  return {
      {"empty", "", nothing},
      {"dot", ".", nothing},
      {"dotdot", "..", Inside},
      {"dir_dot", "dir/.", Tree},
      {"dir_dotdot", "dir/..", Tree},
      {"name_255", std::string(NAME_MAX, 'n'), nothing},
      {"name_256", std::string(NAME_MAX + 1, 'n'), nothing},
      {"component_256", std::string(NAME_MAX + 1, 'n') + "/x", nothing},
      {"path_4095", LongPath(PATH_MAX - 1), [](Place& p) { p.File("x"); }},
      {"path_4096", LongPath(PATH_MAX), [](Place& p) { p.File("x"); }},
      {"below_missing", "none/x", nothing},
      {"below_file", "file/x", Tree},
      {"below_dir", "dir/x", Tree},
      {"below_link_to_file", "to_file/x", Tree},
      {"below_link_to_dir", "to_dir/x", Tree},
      {"below_link_to_none", "to_none/x", Tree},
      {"below_loop", "loop/x", Tree},
      {"below_fifo", "fifo/x", [](Place& p) { p.Node("fifo", S_IFIFO); }},
      {"slash_missing", "none/", nothing},
      {"slash_file", "file/", Tree},
      {"slash_dir", "dir/", Tree},
      {"slash_link_to_file", "to_file/", Tree},
      {"slash_link_to_dir", "to_dir/", Tree},
      {"slash_link_to_none", "to_none/", Tree},
      {"slash_loop", "loop/", Tree},
      {"file_dot", "file/.", Tree},
      {"file_dotdot", "file/..", Tree},
  };
}

// Directories whose modes forbid something; root does not mind.
std::vector<Situation> Forbidden() {
  std::vector<Situation> list;
  struct Row {
    const char* name;
    void (*make)(Place&);
  };
  constexpr Row kRows[] = {
      {"no_search", [](Place& p) { p.Dir("d"); p.File("d/x"); p.Mode("d", 0600); }},
      {"no_write", [](Place& p) { p.Dir("d"); p.File("d/x"); p.Mode("d", 0500); }},
      {"no_read", [](Place& p) { p.Dir("d"); p.File("d/x"); p.Mode("d", 0300); }},
  };
  for (const Row& row : kRows) {
    list.push_back({std::string(row.name) + "_file", "d/x", row.make});
    list.push_back({std::string(row.name) + "_missing", "d/none", row.make});
    list.push_back({std::string(row.name) + "_itself", "d", row.make});
  }
  list.push_back({"no_bits", "x", [](Place& p) { p.File("x", 0); }});
  list.push_back({"program", "x", [](Place& p) { p.File("x", 0755); }});
  return list;
}

void Run(Cases& cases, const PathCall& call, const Situation& situation) {
  cases.Call(std::string(call.name) + "." + situation.name, [&](Place& place) {
    situation.make(place);
    return call.call(situation.path.c_str());
  });
}

}  // namespace

void PathCases(Cases& cases) {
  cases.Section("kind");
  for (const PathCall& call : PathCalls()) {
    for (const Kind& kind : Kinds()) {
      cases.Call(std::string(call.name) + "." + kind.name, [&](Place& place) {
        kind.make(place, "x");
        return call.call("x");
      });
    }
  }
  cases.Section("path");
  for (const PathCall& call : PathCalls()) {
    for (const Situation& situation : Names()) Run(cases, call, situation);
  }
  cases.Section("forbidden");
  for (const PathCall& call : PathCalls()) {
    for (const Situation& situation : Forbidden()) Run(cases, call, situation);
  }
}

void PrepareReadOnly(Cases& cases) {
  cases.Section("readonly");
  cases.Text("prepare", [](Place& place) {
    for (const Kind& kind : Kinds()) kind.make(place, kind.name);
    place.File("old");
    place.Dir("old_dir");
    return std::string("ok");
  });
}

void ReadOnlyCases(Cases& cases) {
  cases.Reenter("readonly");
  for (const PathCall& call : PathCalls()) {
    for (const Kind& kind : Kinds()) {
      cases.InSame(std::string(call.name) + "." + kind.name,
                   [&] { return call.call(kind.name.c_str()); });
    }
  }
}

}  // namespace umsdk::posix
