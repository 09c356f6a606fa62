#include "services/umfuse/process_tree.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace umsdk::umfuse {
namespace {

struct Lineage {
  pid_t process = 0;  // of which it may be a thread
  pid_t parent = 0;
};

Lineage LineageOf(pid_t tid) {
  Lineage lineage;
  std::ifstream file(absl::StrCat("/proc/", tid, "/status"));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Tgid:")) lineage.process = std::atoi(line.c_str() + 5);
    if (line.starts_with("PPid:")) lineage.parent = std::atoi(line.c_str() + 5);
  }
  return lineage;
}

}  // namespace

bool IsWithin(pid_t process, pid_t ancestor) {
  constexpr int kMaxDepth = 32;
  for (int depth = 0; depth < kMaxDepth && process > 1; ++depth) {
    Lineage lineage = LineageOf(process);
    if (process == ancestor || lineage.process == ancestor) return true;
    process = lineage.parent;
  }
  return false;
}

}  // namespace umsdk::umfuse
