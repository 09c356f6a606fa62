// Paths through a virtual tree against the same paths through the kernel's tmpfs. The input is a
// list of calls that make, change and look at a tree of directories, symlinks, files and mounts.

#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "sdk/testing/scripted_engine.h"
#include "tests/fuzz/fake_guest.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/small_ram_service.h"
#include "tests/fuzz/twin_tree.h"
#include "umsdk/umsdk.h"

namespace umsdk::fuzz {
namespace {

constexpr int kMaxCalls = 60;
constexpr size_t kMaxDirs = 8;

// Few names, so that they meet; few enough steps up that no path leaves the tree's own ground by
// far.
TwinPath TakePath(FuzzInput& input, bool text_of_link) {
  static const std::string kLong(255, 'n'), kTooLong(256, 'n');
  static const std::string kNames[] = {"a", "b",  "c", "d",   "a",     "b",
                                       ".", "..", "",  kLong, kTooLong};
  TwinPath path;
  uint8_t head = input.Byte();
  path.absolute = (head & 1) == 0;
  path.dir = (head >> 5) % kMaxDirs;
  size_t count = (head >> 1) % 8, ups = 0;
  for (size_t i = 0; i < count; ++i) {
    std::string name = input.OneOf(kNames);
    if (name == ".." && ++ups > (text_of_link ? 1 : 3)) continue;
    if (!path.rest.empty() || path.absolute) path.rest += '/';
    path.rest += name;
  }
  // What is relative must not become absolute.
  while (!path.absolute && path.rest.starts_with('/')) path.rest.erase(0, 1);
  if ((head & 0x10) != 0 && !path.rest.empty()) path.rest += '/';
  return path;
}

void MakeCall(FuzzInput& input, TwinTree& tree) {
  switch (uint8_t what = input.Byte(); what % 16) {
    case 0:
    case 1:
      return tree.MakeDir(TakePath(input, false));
    case 2:
    case 3: {
      TwinPath text = TakePath(input, true);
      return tree.Symlink(text, TakePath(input, false));
    }
    case 4:
      return tree.Create(TakePath(input, false), (what & 0x10) != 0 ? O_EXCL : 0);
    case 5: {
      TwinPath from = TakePath(input, false);
      return tree.Link(from, TakePath(input, false), (what & 0x10) != 0 ? AT_SYMLINK_FOLLOW : 0);
    }
    case 6: {
      TwinPath from = TakePath(input, false);
      return tree.Rename(from, TakePath(input, false), (what >> 4) % 3);
    }
    case 7:
      return tree.Unlink(TakePath(input, false), (what & 0x10) != 0 ? AT_REMOVEDIR : 0);
    case 8:
      return tree.Mount(TakePath(input, false));
    case 9:
      return tree.Unmount(TakePath(input, false), (what & 0x10) != 0 ? MNT_DETACH : 0);
    case 10:
      return tree.ReadLink(TakePath(input, false));
    case 11: {
      uint64_t resolve = input.Byte() & 0x1f;
      return tree.Resolve(TakePath(input, false), (what & 0x10) != 0 ? O_PATH | O_NOFOLLOW : O_PATH,
                          resolve);
    }
    case 12: {
      TwinPath path = TakePath(input, false);
      if (tree.dirs() < kMaxDirs) tree.OpenDir(path);
      return;
    }
    default:
      return tree.Stat(TakePath(input, false), (what & 0x10) != 0 ? AT_SYMLINK_NOFOLLOW : 0);
  }
}

bool Write(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  return file.good();
}

// So that the kernel's side may be mounted; false when that is not allowed here.
bool MakeGround() {
  uid_t uid = ::geteuid();
  gid_t gid = ::getegid();
  if (uid == 0) {
    if (::unshare(CLONE_NEWNS) != 0) return false;
  } else if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
             !Write("/proc/self/setgroups", "deny") ||
             !Write("/proc/self/uid_map", std::to_string(uid) + " " + std::to_string(uid) + " 1") ||
             !Write("/proc/self/gid_map", std::to_string(gid) + " " + std::to_string(gid) + " 1")) {
    return false;
  }
  ::umask(0);
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return true;
}

bool& HasGround() {
  static bool has = false;
  return has;
}

}  // namespace
}  // namespace umsdk::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  umsdk::fuzz::HasGround() = umsdk::fuzz::MakeGround();
  if (!umsdk::fuzz::HasGround())
    std::fputs("path_walk: no mount namespace here; nothing is tried\n", stderr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk;
  if (!fuzz::HasGround()) return 0;
  auto script = [&](testing::ScriptedGuest& scripted) {
    fuzz::FakeGuest guest(scripted.handler());
    fuzz::TwinTree tree(guest);
    fuzz::FuzzInput input(data, size);
    for (int i = 0; i < fuzz::kMaxCalls && !input.empty(); ++i) fuzz::MakeCall(input, tree);
    return 0;
  };
  auto supervisor = Supervisor::Builder()
                        .WithEngine(std::make_unique<testing::ScriptedEngine>(script))
                        .OnEvent([](const std::string&) {})
                        .AddService(fuzz::SmallRamService())
                        .Build();
  if (!supervisor.ok() || !supervisor->Run(Command("script")).ok()) std::abort();
  return 0;
}
