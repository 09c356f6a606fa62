#include "frontends/options/help.h"

#include "absl/strings/str_cat.h"
#include "frontends/options/flags.h"
#include "frontends/options/version.h"

namespace umsdk::frontends {
namespace {

constexpr size_t kHelpColumn = 30;

constexpr char kIntroduction[] =
    "\n\n"
    "Runs CMD, and all that it starts, in a view: services supply parts of what these programs\n"
    "see - files, devices, file systems - while everything else stays the host's. No root needed.\n"
    "\n"
    "  umview bash                         a shell in a view that shows what is there anyway\n"
    "  umview -p umdev bash                ... that can mount virtual devices:\n"
    "      $ touch disk; mount -t umdevramdisk -o size=64M none disk; mkfs.ext2 disk\n"
    "  umview -p ramfs sh -c 'mount -t umramfs none /mnt && make -C /mnt/src'\n"
    "  umview -p ./mine.so,level=3 CMD     a service of your own, with arguments\n"
    "  umview -o trace.txt -p umdev CMD    ... and what it was asked\n"
    "  umview --status-fd=3 CMD 3>end.json how CMD ended, without guessing from an exit code\n"
    "\n"
    "Options end at the first word that is none, or at --.\n";

constexpr char kConclusion[] =
    "\n"
    "Each option is also a variable: UMVIEW_QUIET=1, UMVIEW_ENGINE=ptrace, UMVIEW_PRELOAD='a b'.\n"
    "/etc/umviewrc and ~/.config/umview/rc hold options, one a line; the command line wins.\n"
    "\n"
    "Exit status: CMD's own; 128+N if signal N ended it (or umview); 125 umview failed or was "
    "used\n"
    "wrongly (no CMD included); 126 CMD cannot be executed; 127 CMD was not found.\n"
    "\n"
    "See umview(1), um_mount(1) and um_umount(1) where mount(8) is refused, and um_doctor(1), "
    "which\n"
    "tells why something does not work here.\n";

std::string Column(const Flag& flag) {
  std::string left =
      flag.letter != 0 ? absl::StrCat("  -", std::string(1, flag.letter), ", ") : "      ";
  absl::StrAppend(&left, "--", flag.name, flag.value != nullptr ? "=" : "",
                  flag.value != nullptr ? flag.value : "");
  if (left.size() + 2 > kHelpColumn) return absl::StrCat(left, "\n", std::string(kHelpColumn, ' '));
  return left + std::string(kHelpColumn - left.size(), ' ');
}

}  // namespace

std::string HelpText() {
  std::string text = absl::StrCat(kUsage, kIntroduction);
  for (const Flag& flag : Flags()) absl::StrAppend(&text, Column(flag), flag.help, "\n");
  return text + kConclusion;
}

std::string VersionText() { return absl::StrCat("umview ", kVersion, "\n"); }

}  // namespace umsdk::frontends
