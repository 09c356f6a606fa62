// The part of FuseFileSystem for ioctl(2).
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <vector>

#include "services/umfuse/fuse_file_system.h"
#include "umsdk/device.h"

namespace umsdk::umfuse {
namespace {

constexpr uint32_t kFirstWithDirIoctl = 18;

// What lies behind the argument, as the number says it; as fs/fuse/ioctl.c.
size_t ArgumentSize(uint64_t request) {
  if (request == FS_IOC_GETFLAGS || request == FS_IOC_SETFLAGS) return sizeof(int);
  return _IOC_SIZE(request);
}

// The kernel answers these itself, for want of an operation that FUSE has not.
bool IsKernels(uint64_t request) {
  return request == FICLONE || request == FICLONERANGE || request == FIDEDUPERANGE ||
         request == FS_IOC_FIEMAP;
}

}  // namespace

ErrnoOr<int64_t> FuseFileSystem::AskIoctl(NodeId node, const fuse_ioctl_in& about,
                                          IoctlMemory& memory) {
  fuse_ioctl_in in = about;
  size_t size = ArgumentSize(in.cmd);
  std::vector<char> input((_IOC_DIR(in.cmd) & _IOC_WRITE) != 0 ? size : 0);
  UMSDK_RETURN_IF_ERRNO(memory.Read(in.arg, input));
  in.in_size = static_cast<uint32_t>(input.size());
  in.out_size = static_cast<uint32_t>((_IOC_DIR(in.cmd) & _IOC_READ) != 0 ? size : 0);
  std::vector<char> reply(sizeof(fuse_ioctl_out) + in.out_size);
  ErrnoOr<size_t> got =
      Ask(Request(FUSE_IOCTL, node).AddStruct(in).Add(input), FromWaiting(), reply);
  if (!got.ok()) return got.error() == Errno(ENOSYS) ? Errno(ENOTTY) : got.error();
  fuse_ioctl_out out;
  // A daemon of a file system has no say in which memory is meant: no retry.
  if (!ReadStruct({reply.data(), *got}, out) || (out.flags & FUSE_IOCTL_RETRY) != 0)
    return Errno(EIO);
  UMSDK_RETURN_IF_ERRNO(memory.Write(in.arg, {reply.data() + sizeof(out), *got - sizeof(out)}));
  if (out.result == -ENOSYS) return Errno(ENOTTY);
  constexpr int kLastErrno = 4095;
  if (out.result < 0 && out.result >= -kLastErrno) return Errno(-out.result);
  return out.result;
}

ErrnoOr<int64_t> FuseFileSystem::Ioctl(const Caller& caller, NodeId node,
                                       std::optional<FileHandle> handle, uint64_t request,
                                       uint64_t argument, IoctlMemory& memory) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  if (IsKernels(request)) return Errno(EOPNOTSUPP);
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  fuse_ioctl_in in = {};
  in.cmd = static_cast<uint32_t>(request);
  in.arg = argument;
  if (handle) {
    Held held(*this, *handle);
    in.fh = held.file.fh;
    ErrnoOr<int64_t> result = AskIoctl(node, in, memory);
    if (held.file.readiness) AskPoll(*handle);
    return result;
  }
  if (agreed.minor < kFirstWithDirIoctl) return Errno(ENOTTY);
  DirListing listing;
  UMSDK_RETURN_IF_ERRNO(OpenListing(node, listing));
  in.fh = listing.fh;
  in.flags = FUSE_IOCTL_DIR;
  ErrnoOr<int64_t> result = AskIoctl(node, in, memory);
  CloseListing(node, listing);
  return result;
}

}  // namespace umsdk::umfuse
