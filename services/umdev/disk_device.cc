#include "services/umdev/disk_device.h"

#include <fcntl.h>

#include "services/umdev/block_ioctls.h"

namespace umsdk::umdev {
namespace {

DeviceInfo WithSize(DeviceInfo info, const Disk& disk) {
  info.size = disk.size();
  info.seekable = true;
  return info;
}

class DiskFile final : public DeviceFile {
 public:
  DiskFile(std::shared_ptr<Disk> disk, bool writable)
      : disk_(std::move(disk)), writable_(writable) {}

  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    return disk_->Read(offset, out);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    return disk_->Write(offset, bytes);
  }
  ErrnoOr<int64_t> Ioctl(uint64_t request, uint64_t argument, IoctlMemory& memory) override {
    return BlockIoctl(*disk_, writable_, request, argument, memory);
  }

 private:
  const std::shared_ptr<Disk> disk_;
  const bool writable_;
};

}  // namespace

DiskDevice::DiskDevice(DeviceInfo info, std::shared_ptr<Disk> disk)
    : attributes_(WithSize(info, *disk)), disk_(std::move(disk)) {}

ErrnoOr<std::unique_ptr<DeviceFile>> DiskDevice::Open(const DeviceOpen& open) {
  int access = open.flags & O_ACCMODE;
  bool writable = access == O_WRONLY || access == O_RDWR;
  return std::unique_ptr<DeviceFile>(std::make_unique<DiskFile>(disk_, writable));
}

}  // namespace umsdk::umdev
