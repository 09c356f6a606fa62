// `-o` of um_mount: the file system is left with all options but the generic ones, in their order.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>

#include "frontends/control/mount_options.h"

namespace {

bool IsGeneric(const std::string& item) {
  static constexpr const char* kNames[] = {
      "defaults",   "ro",       "rw",       "nosuid",      "suid",    "nodev",   "dev",
      "noexec",     "exec",     "sync",     "async",       "dirsync", "noatime", "atime",
      "nodiratime", "diratime", "relatime", "strictatime", "remount", "bind",    "rbind"};
  return std::find(std::begin(kNames), std::end(kNames), item) != std::end(kNames);
}

// The end of the item that starts at `at`: a comma that is not within quotes.
size_t ItemEnd(const std::string& text, size_t at) {
  while (true) {
    size_t end = text.find_first_of(",\"", at);
    if (end == std::string::npos) return text.size();
    if (text[end] == ',') return end;
    size_t closing = text.find('"', end + 1);
    if (closing == std::string::npos) return text.size();
    at = closing + 1;
  }
}

std::string Kept(const std::string& text) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    size_t end = ItemEnd(text, at);
    std::string item = text.substr(at, end - at);
    if (!item.empty() && !IsGeneric(item)) kept += (kept.empty() ? "" : ",") + item;
    at = end + 1;
  }
  return kept;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk::frontends;
  std::string text(reinterpret_cast<const char*>(data), size);
  MountOptions once = SplitMountOptions(text);
  MountOptions twice = SplitMountOptions(once.rest);
  if (once.rest != Kept(text) || twice.flags != 0 || twice.rest != once.rest) std::abort();
  // An option of the file system's is kept wherever it stands, except within quotes that never end.
  MountOptions more = SplitMountOptions("own=1,ro," + text);
  bool good = more.rest == (once.rest.empty() ? "own=1" : "own=1," + once.rest);
  if (!good) std::abort();
  return 0;
}
