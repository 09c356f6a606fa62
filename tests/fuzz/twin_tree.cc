#include "tests/fuzz/twin_tree.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/twin_call.h"

namespace umsdk::fuzz {
namespace {

// The mount points: deep, so that a few steps up stay on a side's own real ground; of the same
// length, as texts of symlinks are.
constexpr const char* kTops[] = {"/mnt/v/p/p/p/p/p/p/t", "/mnt/n/p/p/p/p/p/p/t"};

}  // namespace

TwinTree::TwinTree(FakeGuest& guest)
    : guest_(guest), all_errnos_(::getenv("UMSDK_FUZZ_ERRNO") != nullptr) {
  if (::mount("none", "/mnt", "tmpfs", 0, "mode=777") != 0) std::abort();
  for (const std::string top : {kTops[kView], kTops[kKernel]}) {
    for (size_t slash = top.find('/', 5); slash != std::string::npos;
         slash = top.find('/', slash + 1)) {
      ::mkdir(top.substr(0, slash).c_str(), 0777);
    }
    ::mkdir(top.c_str(), 0777);
  }
  uint64_t type = guest.Write(kSecondPath, "umramfs");
  auto mounted =
      Virtual(guest, SYS_mount, {type, guest.Write(kFirstPath, kTops[kView]), type, 0, 0});
  if (::mount("none", kTops[kKernel], "tmpfs", 0, "mode=777") != 0 || mounted != 0) std::abort();
}

TwinTree::~TwinTree() {
  for (auto [view, native] : dirs_) ::close(native);
  ::umount2("/mnt", MNT_DETACH);
}

std::string TwinTree::Text(const TwinPath& path, Side side) const {
  return path.absolute ? kTops[side] + path.rest : path.rest;
}

int TwinTree::Dir(const TwinPath& path, Side side) const {
  if (path.absolute || path.dir >= dirs_.size()) return AT_FDCWD;
  return side == kView ? dirs_[path.dir].first : dirs_[path.dir].second;
}

void TwinTree::Note(const char* what, const TwinPath& path, const TwinPath* other, uint64_t flags) {
  auto text = [](const TwinPath& p) {
    if (p.absolute) return "TOP" + p.rest;
    return "DIR" + std::to_string(p.dir) + "/" + p.rest;
  };
  notes_.push_back(std::string(what) + " " + text(path) + (other ? " " + text(*other) : "") + " " +
                   std::to_string(flags));
}

void TwinTree::Differ(const char* what, const TwinPath& path, int64_t view, int64_t kernel) {
  for (const std::string& note : notes_) std::fprintf(stderr, "  %s\n", note.c_str());
  std::fprintf(stderr, "%s %s%s: in the view %lld, by the kernel %lld\n", what,
               path.absolute ? "TOP" : "", path.rest.c_str(), static_cast<long long>(view),
               static_cast<long long>(kernel));
  std::abort();
}

bool TwinTree::Both(const char* what, int64_t number, const TwinPath* one, const TwinPath* two,
                    const std::vector<uint64_t>& more, int64_t* results) {
  std::vector<uint64_t> view, native;
  std::string texts[2];
  size_t slots[] = {kFirstPath, kSecondPath};
  int slot = 0;
  for (const TwinPath* path : {one, two}) {
    if (path == nullptr) continue;
    // Without a directory there is nothing that a relative path could lead to on both sides.
    if (!path->absolute && path->dir >= dirs_.size()) return false;
    view.push_back(Descriptor(Dir(*path, kView)));
    view.push_back(guest_.Write(slots[slot], Text(*path, kView)));
    texts[slot] = Text(*path, kKernel);
    native.push_back(Descriptor(Dir(*path, kKernel)));
    native.push_back(Pointer(texts[slot].c_str()));
    ++slot;
  }
  for (uint64_t argument : more) {
    view.push_back(argument);
    native.push_back(argument);
  }
  std::optional<int64_t> got = Virtual(guest_, number, view);
  if (!got.has_value()) return false;
  Note(what, *one, two, more.empty() ? 0 : more[0]);
  int64_t expected = Native(number, native);
  Check(what, *one, *got, expected);
  if (results != nullptr) {
    results[kView] = *got;
    results[kKernel] = expected;
  }
  return *got >= 0;
}

void TwinTree::Check(const char* what, const TwinPath& path, int64_t view, int64_t kernel) {
  bool same = all_errnos_ && (view < 0 || kernel < 0) ? view == kernel : (view < 0) == (kernel < 0);
  if (!same) Differ(what, path, view, kernel);
}

}  // namespace umsdk::fuzz
