// um_mount: mount(2) by way of the supervisor, for places where a filter refuses mount(2) before
// the supervisor sees it.
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "frontends/control/control.h"
#include "frontends/control/mount_options.h"

namespace umsdk::frontends {
namespace {

constexpr int kFailed = 1, kOutside = 2;
constexpr char kUsage[] = "usage: um_mount [-r] -t TYPE [-o OPTION[,...]] SOURCE TARGET\n";
constexpr char kHelp[] =
    "\n"
    "Mounts inside a view of umview what its services offer; no root is needed.\n"
    "\n"
    "  um_mount -t umramfs -o size=64M none /mnt\n"
    "  um_mount -t umdevramdisk -o size=64M none disk\n"
    "\n"
    "  -t TYPE   what to mount; a service loaded with umview -p must know it\n"
    "  -o OPTS   as for mount(8): ro, nosuid, remount...; the rest goes to the service\n"
    "  -r        read-only, like -o ro\n"
    "  -h        this help\n"
    "\n"
    "Exit status: 0 mounted, 1 failed, 2 not inside a view. See um_mount(1).\n";

// Whether the words make sense; then `mount` is filled.
bool Parse(int argc, char** argv, MountArguments& mount) {
  MountOptions options;
  for (int letter; (letter = ::getopt(argc, argv, "+t:o:r")) != -1;) {
    if (letter == '?') return false;
    if (letter == 't') mount.type = optarg;
    if (letter == 'o') options = SplitMountOptions(optarg);
    if (letter == 'r') mount.flags |= MS_RDONLY;
  }
  mount.flags |= options.flags;
  mount.options = options.rest;
  if (argc - optind != 2) return false;
  mount.source = argv[optind];
  mount.target = argv[optind + 1];
  return !mount.type.empty() || (mount.flags & (MS_REMOUNT | MS_BIND)) != 0;
}

int Report(const MountArguments& mount, Errno error) {
  int number = static_cast<int>(error);
  std::string why = std::strerror(number);
  if (number == ENODEV) why = "no loaded service has file systems of type " + mount.type;
  std::fprintf(stderr, "um_mount: %s: %s\n", mount.target.c_str(), why.c_str());
  return kFailed;
}

int Main(int argc, char** argv) {
  if (argc == 2 && (std::strcmp(argv[1], "-h") == 0 || std::strcmp(argv[1], "--help") == 0)) {
    std::fputs(kUsage, stdout);
    std::fputs(kHelp, stdout);
    return 0;
  }
  MountArguments mount;
  if (!Parse(argc, argv, mount)) {
    std::fputs(kUsage, stderr);
    return kFailed;
  }
  if (!IsInsideView()) {
    std::fputs("um_mount: not inside a view: it works below umview only (umview -p SERVICE CMD)\n",
               stderr);
    return kOutside;
  }
  ErrnoOrOk result = MountInView(mount);
  return result.ok() ? 0 : Report(mount, result.error());
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
