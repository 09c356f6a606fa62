// ioctl of what is virtual.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "sdk/base/proc_field.h"
#include "sdk/core/handlers.h"
#include "sdk/core/transfer.h"
#include "sdk/core/trapped_io.h"
#include "sdk/core/virtual_file.h"
#include "umsdk/native_file.h"

namespace umsdk {
namespace {

class GuestIoctlMemory final : public IoctlMemory {
 public:
  explicit GuestIoctlMemory(Call& call) : call_(call) {}
  ErrnoOrOk Read(uint64_t address, std::span<char> out) override {
    return call_.Get(address, out.data(), out.size());
  }
  ErrnoOrOk Write(uint64_t address, std::span<const char> bytes) override {
    return call_.Put(address, bytes.data(), bytes.size());
  }

 private:
  Call& call_;
};

// A file or directory of a file system that may have some of its own.
Verdict IoctlOfNode(Call& call, OpenObject& object, uint64_t request, IoctlMemory& memory) {
  std::optional<FileHandle> handle;
  if (object.file() != nullptr) {
    UMSDK_ASSIGN_OR_VERDICT(handle, object.file()->Handle(OpenForWriting(call, call.int_arg(0))));
  }
  const NodeRef& node = *object.node();
  UMSDK_ASSIGN_OR_VERDICT(int64_t result, node.fs().Ioctl(call.caller(), node.id(), handle, request,
                                                          call.arg(2), memory));
  return Verdict::Return(result);
}

bool ClosesOnExec(Call& call, int fd) {
  const std::optional<std::string> flags = ProcField(call.ProcPath("fdinfo/" + std::to_string(fd)), "flags:");
  return flags && (std::strtoul(flags->c_str(), nullptr, 8) & O_CLOEXEC) != 0;
}

// The guest's own dup3(2): the descriptor keeps its number.
Verdict BecomeCopy(Call& call, const NativeFile& native, const ErrnoOr<int>& original) {
  if (!original.ok()) return Verdict::Fail(original.error());
  std::shared_ptr<OpenObject> object = call.Object(*original);
  std::shared_ptr<NativeFile> other = object ? object->native() : nullptr;
  if (!other || !native.MayCopy(*other)) return Verdict::Fail(Errno(EINVAL));
  uint64_t flags = ClosesOnExec(call, call.int_arg(0)) ? O_CLOEXEC : 0;
  TrappedCall::GuestCall copy{SYS_dup3, {static_cast<uint64_t>(*original), call.arg(0), flags}};
  UMSDK_VERDICT_IF_ERRNO(call.trap().RunAsGuest({&copy, 1}));
  return Verdict::Return(std::min<int64_t>(copy.result, 0));
}

// Of a device with parts, by which one of them may have got another size: lseek(2) is the kernel's.
void FollowSizes(View& view) {
  for (const std::shared_ptr<OpenObject>& object : view.objects().All()) {
    if (TrappedIo* device = object->trapped_io()) device->FollowSize();
  }
}

}  // namespace

Verdict HandleIoctl(Call& call) {
  std::shared_ptr<OpenObject> object = call.Object(call.int_arg(0));
  if (!object) return Verdict::Continue();
  uint64_t request = static_cast<unsigned>(call.arg(1));
  if (object->path_only()) return Verdict::Fail(Errno(EBADF));
  // Of the descriptor, or of what the kernel's own object has as well: offset and size.
  bool plain = request == FIONREAD || request == FIGETBSZ || request == FIOQSIZE || request == FIOASYNC;
  bool carried = plain && object->trapped_io() == nullptr && !object->native();
  if (request == FIOCLEX || request == FIONCLEX || request == FIONBIO || carried) return Verdict::Continue();
  call.MarkHandled();
  GuestIoctlMemory memory(call);
  if (object->node() && (object->file() != nullptr || object->dir() != nullptr)) {
    return IoctlOfNode(call, *object, request, memory);
  }
  TrappedIo* device = object->trapped_io();
  std::shared_ptr<NativeFile> native = object->native();
  if (device == nullptr && !native) return Verdict::Fail(Errno(ENOTTY));
  // What guests closed of its parts must be released before it may find them busy.
  const bool has_parts = object->mount() && object->mount()->parts;
  if (has_parts) call.view().objects().Settle();
  if (native) {
    ErrnoOr<int> original = native->Original(request, call.arg(2), memory);
    if (original.ok() || original.error() != Errno(ENOTTY)) return BecomeCopy(call, *native, original);
  }
  UMSDK_ASSIGN_OR_VERDICT(int64_t result, native ? native->Ioctl(call.caller(), request, call.arg(2), memory)
                                                 : device->Ioctl(call.caller(), request, call.arg(2), memory));
  if (has_parts) FollowSizes(call.view());
  return Verdict::Return(result);
}

}  // namespace umsdk
