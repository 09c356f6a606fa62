#include "services/umfuse/request_trace.h"

#include <string.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace umsdk::umfuse {
namespace {

std::string NameOf(uint32_t opcode) {
  constexpr const char* kNames[] = {
      nullptr,      "LOOKUP",      "FORGET",      "GETATTR",      "SETATTR",
      "READLINK",   "SYMLINK",     nullptr,       "MKNOD",        "MKDIR",
      "UNLINK",     "RMDIR",       "RENAME",      "LINK",         "OPEN",
      "READ",       "WRITE",       "STATFS",      "RELEASE",      nullptr,
      "FSYNC",      "SETXATTR",    "GETXATTR",    "LISTXATTR",    "REMOVEXATTR",
      "FLUSH",      "INIT",        "OPENDIR",     "READDIR",      "RELEASEDIR",
      "FSYNCDIR",   "GETLK",       "SETLK",       "SETLKW",       "ACCESS",
      "CREATE",     "INTERRUPT",   "BMAP",        "DESTROY",      "IOCTL",
      "POLL",       "NOTIFY_REPLY", "BATCH_FORGET", "FALLOCATE",  "READDIRPLUS",
      "RENAME2",    "LSEEK",       "COPY_FILE_RANGE", "SETUPMAPPING", "REMOVEMAPPING",
      "SYNCFS",     "TMPFILE",     "STATX"};
  const char* name = opcode < std::size(kNames) ? kNames[opcode] : nullptr;
  return name != nullptr ? name : absl::StrCat("opcode ", opcode);
}

// Names are the parts before one that is a zero byte: Request::AddName. They hold anything.
void AppendNames(const Request& request, std::string& text) {
  for (size_t i = 1; i < request.parts().size(); ++i) {
    std::span<const char> end = request.parts()[i], name = request.parts()[i - 1];
    if (end.size() != 1 || end[0] != '\0') continue;
    absl::StrAppend(&text, " ", absl::CEscape({name.data(), name.size()}));
  }
}

template <typename Struct>
void AppendRange(const Request& request, std::string& text) {
  Struct in;
  if (request.parts().empty() || !ReadStruct(request.parts()[0], in)) return;
  absl::StrAppend(&text, " ", in.size, " bytes at ", in.offset);
}

}  // namespace

std::string DescribeRequest(const Request& request, std::optional<ErrnoOr<size_t>> answer) {
  std::string text = absl::StrCat(NameOf(request.opcode()), " ", request.node());
  if (request.opcode() == FUSE_READ) AppendRange<fuse_read_in>(request, text);
  if (request.opcode() == FUSE_WRITE) AppendRange<fuse_write_in>(request, text);
  AppendNames(request, text);
  if (!answer.has_value()) return text;
  if (answer->ok()) return absl::StrCat(text, ": ", **answer, " bytes");
  int error = static_cast<int>(answer->error());
  const char* name = ::strerrorname_np(error);
  return name != nullptr ? absl::StrCat(text, ": ", name) : absl::StrCat(text, ": errno ", error);
}

}  // namespace umsdk::umfuse
