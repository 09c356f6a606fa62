// um_umount: umount2(2) by way of the supervisor.
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "frontends/control/control.h"

namespace umsdk::frontends {
namespace {

constexpr int kFailed = 1, kOutside = 2;
constexpr char kUsage[] = "usage: um_umount [-f] [-l] TARGET...\n";
constexpr char kHelp[] =
    "\n"
    "Unmounts what was mounted inside a view of umview, with um_mount or mount(8).\n"
    "\n"
    "  -f   even if it is in use: its open files fail from then on\n"
    "  -l   out of sight now, gone when nobody uses it any more\n"
    "  -h   this help\n"
    "\n"
    "Exit status: 0 all unmounted, 1 one failed, 2 not inside a view. See um_umount(1).\n";

int UnmountAll(int count, char** targets, int flags) {
  int status = 0;
  for (int i = 0; i < count; ++i) {
    ErrnoOrOk result = UnmountInView(targets[i], flags);
    if (result.ok()) continue;
    int number = static_cast<int>(result.error());
    const char* why = number == EINVAL  ? "not mounted"
                      : number == EBUSY ? "in use (-l unmounts it when it is free)"
                                        : std::strerror(number);
    std::fprintf(stderr, "um_umount: %s: %s\n", targets[i], why);
    status = kFailed;
  }
  return status;
}

int Main(int argc, char** argv) {
  if (argc == 2 && (std::strcmp(argv[1], "-h") == 0 || std::strcmp(argv[1], "--help") == 0)) {
    std::fputs(kUsage, stdout);
    std::fputs(kHelp, stdout);
    return 0;
  }
  int flags = 0;
  bool wrong = false;
  for (int letter; (letter = ::getopt(argc, argv, "+fl")) != -1;) {
    if (letter == 'f') flags |= MNT_FORCE;
    if (letter == 'l') flags |= MNT_DETACH;
    wrong = wrong || letter == '?';
  }
  if (wrong || optind == argc) {
    std::fputs(kUsage, stderr);
    return kFailed;
  }
  if (!IsInsideView()) {
    std::fputs("um_umount: not inside a view: it works below umview only\n", stderr);
    return kOutside;
  }
  return UnmountAll(argc - optind, argv + optind, flags);
}

}  // namespace
}  // namespace umsdk::frontends

int main(int argc, char** argv) { return umsdk::frontends::Main(argc, argv); }
