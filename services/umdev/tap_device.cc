#include "services/umdev/tap_device.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/umdev/socket_access.h"
#include "services/umdev/vde_link.h"

namespace umsdk::umdev {
namespace {

// Each has a thread.
constexpr size_t kMostFiles = 256;

// A pattern has one "%d" and nothing else of printf (dev_alloc_name).
std::optional<std::string> Prefix(const std::string& wanted) {
  if (wanted.empty()) return "tap";
  const size_t at = wanted.find('%');
  if (at == std::string::npos || wanted.substr(at) != "%d") return std::nullopt;
  return wanted.substr(0, at);
}

// As dev_valid_name of the kernel.
bool ValidName(const std::string& name) {
  return !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
         name.find_first_of("/: \t\n\v\f\r%") == std::string::npos;
}

Attr AttrOf(const DeviceInfo& info) {
  Attr attr;
  attr.mode = S_IFCHR | info.mode;
  attr.nlink = info.links;
  attr.uid = info.uid;
  attr.gid = info.gid;
  attr.rdev = ::makedev(info.major, info.minor);
  attr.atime = attr.mtime = attr.ctime = info.time;
  return attr;
}

}  // namespace

std::vector<std::shared_ptr<TapFile>> TapFiles::TakeClosed() {
  MutexLock lock(mutex_);
  const auto closed = std::partition(files_.begin(), files_.end(),
                                     [](const auto& file) { return !file->Closed(); });
  std::vector<std::shared_ptr<TapFile>> taken(std::make_move_iterator(closed),
                                              std::make_move_iterator(files_.end()));
  files_.erase(closed, files_.end());
  return taken;
}

ErrnoOrOk TapFiles::Add(std::shared_ptr<TapFile> file) {
  TakeClosed();
  MutexLock lock(mutex_);
  if (files_.size() >= kMostFiles) return Errno(ENFILE);
  files_.push_back(std::move(file));
  return {};
}

ErrnoOrOk TapFiles::Name(TapFile& file, const std::string& wanted) {
  TakeClosed();
  MutexLock lock(mutex_);
  const auto taken = [&](const std::string& name) UMSDK_REQUIRES(mutex_) {
    return std::any_of(files_.begin(), files_.end(),
                       [&](const auto& other) { return other->name() == name; });
  };
  std::string name = wanted;
  if (const std::optional<std::string> prefix = Prefix(wanted)) {
    size_t number = 0;
    while (taken(name = absl::StrCat(*prefix, number))) ++number;
  }
  if (!ValidName(name)) return Errno(EINVAL);
  if (taken(name)) return Errno(EBUSY);
  file.SetName(name);
  return {};
}

void TapFiles::Clear() {
  std::vector<std::shared_ptr<TapFile>> files;
  MutexLock lock(mutex_);
  files.swap(files_);
}

ErrnoOr<NativeOpen> TapDevice::OpenNative(const DeviceOpen& open) {
  int ends[2];
  const int type = SOCK_SEQPACKET | SOCK_CLOEXEC | (open.flags & O_NONBLOCK);
  if (::socketpair(AF_UNIX, type, 0, ends) != 0) return Errno(ENFILE);
  NativeOpen made{UniqueFd(ends[0]), nullptr};
  UMSDK_ASSIGN_OR_ERRNO(std::unique_ptr<TapPort> port,
                        TapPort::Start(UniqueFd(ends[1]), connect_, [report = report_] {
                          report("umdevtap: the switch has gone: its frames are lost");
                        }));
  auto file = std::make_shared<TapFile>(
      std::move(port),
      [attributes = attributes_] { return AttrOf(attributes->Get()); },
      [files = std::weak_ptr(files_)](TapFile& opened, const std::string& wanted) {
        const std::shared_ptr<TapFiles> all = files.lock();
        return all ? all->Name(opened, wanted) : ErrnoOrOk(Errno(ENODEV));
      });
  UMSDK_RETURN_IF_ERRNO(files_->Add(file));
  made.file = std::move(file);
  return made;
}

ErrnoOr<MadeDevice> CreateTapDevice(const DevicePlan& plan) {
  const std::optional<std::string> directory = ParseVdeSource(plan.request.source);
  if (!directory) return Errno(EINVAL);
  if (!HasVdeLibrary()) return Errno(ENOPKG);
  UMSDK_RETURN_IF_ERRNO(CheckSocketAccess(plan.context, *directory + "/ctl"));
  DeviceInfo info = plan.info;
  if (info.major == 0) info.major = 10, info.minor = 200;  // as /dev/net/tun
  return MadeDevice{std::make_shared<TapDevice>(
      info, [directory = *directory] { return OpenVdeLink(directory); }, plan.report)};
}

}  // namespace umsdk::umdev
