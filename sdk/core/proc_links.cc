#include "sdk/core/proc_links.h"

#include <algorithm>
#include <cstdlib>

namespace umsdk {
namespace {

bool IsNumber(const std::string& text) {
  return !text.empty() && text.size() < 11 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

ProcFile ParseProcFile(const std::string& path) {
  constexpr char kProc[] = "/proc/";
  constexpr char kTask[] = "/task/";
  ProcFile file;
  if (!path.starts_with(kProc)) return file;
  std::string rest = path.substr(sizeof(kProc) - 1);
  size_t slash = rest.find('/');
  if (slash == std::string::npos || !IsNumber(rest.substr(0, slash))) return file;
  pid_t tid = std::atoi(rest.c_str());
  std::string tail = rest.substr(slash);
  if (tail.starts_with(kTask)) {
    size_t end = tail.find('/', sizeof(kTask) - 1);
    if (end == std::string::npos) return file;
    tid = std::atoi(tail.c_str() + sizeof(kTask) - 1);
    tail = tail.substr(end);
  }
  file.tid = tid;
  file.file = tail.substr(1);
  return file;
}

ProcLink ClassifyProcLink(Call& call, const std::string& dir, const std::string& name) {
  ProcLink link;
  if (!dir.starts_with("/proc")) return link;
  if (dir == "/proc") {
    std::string tgid = std::to_string(call.status().tgid);
    if (name == "self") link = {ProcLink::Kind::kText, tgid};
    if (name == "thread-self") link = {ProcLink::Kind::kText, tgid + "/task/" + std::to_string(call.tid())};
    return link;
  }
  ProcFile file = ParseProcFile(dir + "/" + name);
  if (file.tid == 0) return link;
  if (file.file == "cwd" || file.file == "root" || file.file == "exe") link.kind = ProcLink::Kind::kMagic;
  if (file.file.starts_with("fd/") && file.file.find('/', 3) == std::string::npos) {
    link.kind = ProcLink::Kind::kMagic;
  }
  return link;
}

}  // namespace umsdk
