#include "sdk/core/proc_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "sdk/core/opening.h"
#include "sdk/core/proc_links.h"
#include "sdk/core/real_root.h"

namespace umsdk {
namespace {

std::string ReadWhole(const std::string& path) {
  std::string text;
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[16384];
  ssize_t count;
  while (fd.valid() && (count = ::read(fd.get(), buffer, sizeof(buffer))) > 0) {
    text.append(buffer, static_cast<size_t>(count));
  }
  return text;
}

// Octal escapes, as the kernel writes names into these files.
std::string Escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case ' ': out += "\\040"; break;
      case '\t': out += "\\011"; break;
      case '\n': out += "\\012"; break;
      case '\\': out += "\\134"; break;
      default: out += c;
    }
  }
  return out;
}

std::string OptionsOf(const Mount& mount) {
  std::string options = mount.read_only() ? "ro" : "rw";
  return mount.options.empty() ? options : options + "," + mount.options;
}

// Of mounts that lie outside the guest's root nothing is shown.
std::string Mounts(MountTable& mounts, const RealRoot& root, std::string text) {
  for (const auto& mount : mounts.List()) {
    if (!PathIsWithin(mount->target, root.root())) continue;
    text += Escaped(mount->source) + " " + Escaped(root.Shown(mount->target)) + " " + Escaped(mount->type) + " " +
            Escaped(OptionsOf(*mount)) + " 0 0\n";
  }
  return text;
}

// The id of the real mount that a target lies on; of those on one mount point the last is on top.
int RealParent(const std::vector<std::pair<std::string, int>>& real, const std::string& target) {
  int id = 1;
  size_t longest = 0;
  for (const auto& [point, point_id] : real) {
    bool within = point == "/" || target == point || target.starts_with(point + "/");
    if (!within || point.size() < longest) continue;
    longest = point.size();
    id = point_id;
  }
  return id;
}

std::string MountinfoText(MountTable& mounts, const RealRoot& root, std::string text) {
  int id = 0;
  std::vector<std::pair<std::string, int>> real;  // mount points as they are written, and ids
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    int line_id = 0;
    std::string parent, device, root, target;
    if (!(words >> line_id >> parent >> device >> root >> target)) continue;
    id = std::max(id, line_id);
    real.emplace_back(std::move(target), line_id);
  }
  std::map<dev_t, int> own;
  for (const auto& mount : mounts.List()) {
    if (!PathIsWithin(mount->target, root.root())) continue;
    const std::string target = root.Shown(mount->target);
    auto below = own.find(mount->parent);
    int parent = below != own.end() ? below->second : RealParent(real, Escaped(target));
    own[mount->dev] = id + 1;
    std::string mode = mount->read_only() ? "ro" : "rw";
    text += std::to_string(++id) + " " + std::to_string(parent) + " " + std::to_string(major(mount->dev)) +
            ":" + std::to_string(minor(mount->dev)) + " / " + Escaped(target) + " " + mode + " - " +
            Escaped(mount->type) + " " + Escaped(mount->source) + " " + Escaped(OptionsOf(*mount)) + "\n";
  }
  return text;
}

// What a mapped file of ours stands for; empty: it is none of ours.
std::string PathOf(View& view, ObjectKey key) {
  std::shared_ptr<OpenObject> object = view.objects().Find(key);
  return object ? object->path() : view.copies().PathOf(key);
}

// Lines of files of ours name the virtual file.
std::string Maps(View& view, const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line); out += '\n') {
    unsigned dev_major = 0, dev_minor = 0;
    unsigned long inode = 0;
    int name_at = 0;
    std::string path;
    if (std::sscanf(line.c_str(), "%*x-%*x %*s %*x %x:%x %lu %n", &dev_major, &dev_minor, &inode, &name_at) == 3 &&
        inode != 0) {
      path = PathOf(view, {makedev(dev_major, dev_minor), inode});
    }
    out += path.empty() ? line : line.substr(0, static_cast<size_t>(name_at)) + path;
  }
  return out;
}

}  // namespace

std::optional<Verdict> OpenProcFile(Call& call, const std::string& path, int flags) {
  ProcFile proc = ParseProcFile(path);
  if (proc.tid == 0 || (flags & O_PATH) != 0) return std::nullopt;
  View& view = call.view();
  std::string text;
  MountTable& mounts = call.layer().mounts();
  if (proc.file == "mounts" && !mounts.empty()) {
    text = Mounts(mounts, RealRoot(call), ReadWhole(path));
  } else if (proc.file == "mountinfo" && !mounts.empty()) {
    text = MountinfoText(mounts, RealRoot(call), ReadWhole(path));
  } else if (proc.file == "maps" && !view.objects().empty()) {
    text = Maps(view, ReadWhole(path));
  }
  if (text.empty()) return std::nullopt;
  if ((flags & O_ACCMODE) != O_RDONLY) return Verdict::Fail(Errno(EACCES));
  auto file = std::make_unique<BytesFile>(std::move(text));
  ErrnoOr<std::shared_ptr<VirtualFile>> shared = FileOfService(view, std::move(file), path);
  if (!shared.ok()) return Verdict::Fail(shared.error());
  ErrnoOr<UniqueFd> fd = (*shared)->Open(call.caller(), O_RDONLY);
  if (!fd.ok()) return Verdict::Fail(fd.error());
  call.MarkHandled();
  return call.Install(*fd, (flags & O_CLOEXEC) != 0);
}

std::optional<std::string> VirtualProcLink(Call& call, const std::string& path) {
  ProcFile proc = ParseProcFile(path);
  if (proc.tid == 0) return std::nullopt;
  if (std::shared_ptr<OpenObject> object = ObjectAt(call.view(), path)) return RealRoot(call).Shown(object->path());
  struct stat st;
  if (proc.file != "exe" || call.view().copies().empty() || ::stat(path.c_str(), &st) != 0) return std::nullopt;
  std::string program = call.view().copies().PathOf({st.st_dev, st.st_ino});
  if (program.empty()) return std::nullopt;
  return RealRoot(call).Shown(program);
}

}  // namespace umsdk
