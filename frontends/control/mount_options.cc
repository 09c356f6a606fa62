#include "frontends/control/mount_options.h"

#include <sys/mount.h>

#include <utility>

namespace umsdk::frontends {
namespace {

struct GenericOption {
  const char* name;
  unsigned long set;
  unsigned long clear;
};

constexpr GenericOption kGeneric[] = {
    {"defaults", 0, 0},
    {"ro", MS_RDONLY, 0},
    {"rw", 0, MS_RDONLY},
    {"nosuid", MS_NOSUID, 0},
    {"suid", 0, MS_NOSUID},
    {"nodev", MS_NODEV, 0},
    {"dev", 0, MS_NODEV},
    {"noexec", MS_NOEXEC, 0},
    {"exec", 0, MS_NOEXEC},
    {"sync", MS_SYNCHRONOUS, 0},
    {"async", 0, MS_SYNCHRONOUS},
    {"dirsync", MS_DIRSYNC, 0},
    {"noatime", MS_NOATIME, 0},
    {"atime", 0, MS_NOATIME},
    {"nodiratime", MS_NODIRATIME, 0},
    {"diratime", 0, MS_NODIRATIME},
    {"relatime", MS_RELATIME, MS_STRICTATIME},
    {"strictatime", MS_STRICTATIME, MS_RELATIME},
    {"remount", MS_REMOUNT, 0},
    {"bind", MS_BIND, 0},
    {"rbind", MS_BIND | MS_REC, 0},
};

void Apply(const std::string& item, MountOptions& options) {
  for (const GenericOption& generic : kGeneric) {
#ifdef UMSDK_PLANTED_BUG  // what tools/fuzz --planted must find
    if (item.rfind(generic.name, 0) != 0) continue;
#else
    if (item != generic.name) continue;
#endif
    options.flags = (options.flags & ~generic.clear) | generic.set;
    return;
  }
  if (item.empty()) return;
  if (!options.rest.empty()) options.rest += ',';
  options.rest += item;
}

}  // namespace

MountOptions SplitMountOptions(const std::string& text) {
  MountOptions options;
  std::string item;
  bool quoted = false;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      Apply(std::exchange(item, ""), options);
    } else {
      item += c;
    }
  }
  Apply(item, options);
  return options;
}

}  // namespace umsdk::frontends
