#include "umsdk/admin_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace umsdk {
namespace {

constexpr size_t kMaxName = 60;  // of a view: the address must fit in 108 bytes

bool ParseEntry(const std::string& file, AdminEntry& entry) {
  const char* end = file.data() + file.size();
  auto [stop, error] = std::from_chars(file.data(), end, entry.pid);
  if (error != std::errc() || entry.pid <= 0 || (stop != end && *stop != '-')) return false;
  entry.file = file;
  entry.name = stop == end ? "" : std::string(stop + 1, end);
  return true;
}

}  // namespace

std::string AdminDirectory::Path() {
  const char* runtime = ::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/') return absl::StrCat(runtime, "/umview");
  return absl::StrCat("/tmp/umview-", ::geteuid());
}

absl::StatusOr<AdminDirectory> AdminDirectory::Open(bool create) {
  const std::string path = Path();
  if (create && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", path));
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat st;
  if (!fd.valid() || ::fstat(fd.get(), &st) != 0) return absl::ErrnoToStatus(errno, path);
  if (st.st_uid != ::geteuid() || (st.st_mode & 077) != 0)
    return absl::FailedPreconditionError(absl::StrCat(path, " is not this user's alone (mode 0700): remove it"));
  return AdminDirectory(std::move(fd));
}

sockaddr_un AdminDirectory::AddressOf(const std::string& file) const {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", fd_.get(), file.c_str());
  return address;
}

std::vector<AdminEntry> AdminDirectory::Entries() const {
  std::vector<AdminEntry> entries;
  const int copy = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> dir(copy < 0 ? nullptr : ::fdopendir(copy), &::closedir);
  while (const dirent* found = dir ? ::readdir(dir.get()) : nullptr) {
    AdminEntry entry;
    if (ParseEntry(found->d_name, entry)) entries.push_back(std::move(entry));
  }
  return entries;
}

bool AdminDirectory::IsAlive(const std::string& file) const {
  // A connect of another socket type: the kernel looks for the owner first, then at the type.
  UniqueFd probe(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = AddressOf(file);
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
         errno == EPROTOTYPE;
}

std::string AdminFile(pid_t pid, const std::string& name) {
  std::string file = std::to_string(pid);
  if (!name.empty()) file += '-';
  for (char c : name.substr(0, kMaxName)) {
    bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
    file += plain ? c : '_';
  }
  return file;
}

}  // namespace umsdk
