#include "services/umdev/disk_device.h"

#include <fcntl.h>
#include <linux/falloc.h>

#include <algorithm>
#include <utility>

#include "services/umdev/block_ioctls.h"

namespace umsdk::umdev {
namespace {

class DiskFile final : public DeviceFile {
 public:
  // Takes one open of the volume over.
  DiskFile(std::shared_ptr<Volume> volume, std::shared_ptr<Partitions> partitions, bool writable,
           bool may_configure)
      : volume_(std::move(volume)),
        partitions_(std::move(partitions)),
        writable_(writable),
        may_configure_(may_configure) {}
  ~DiskFile() override { volume_->DropOpen(); }

  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    return volume_->Read(offset, out);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    return volume_->Write(offset, bytes);
  }
  ErrnoOr<int64_t> Ioctl(uint64_t request, uint64_t argument, IoctlMemory& memory) override {
    return BlockIoctl({*volume_, partitions_.get(), writable_, may_configure_}, request, argument,
                      memory);
  }
  ErrnoOrOk Fsync() override { return volume_->Flush(); }
  ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length) override;

 private:
  const std::shared_ptr<Volume> volume_;
  const std::shared_ptr<Partitions> partitions_;
  const bool writable_;
  const bool may_configure_;
};

// In the order of the kernel's blkdev_fallocate(). A hole is what zeros are: the storage gives space back.
ErrnoOrOk DiskFile::Fallocate(int mode, uint64_t offset, uint64_t length) {
  constexpr int kPunch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  const bool zero = (mode & ~FALLOC_FL_KEEP_SIZE) == FALLOC_FL_ZERO_RANGE;
  if (mode != kPunch && !zero) return Errno(EOPNOTSUPP);
  const uint64_t size = volume_->size();
  if (offset >= size) return Errno(EINVAL);
  // Only who could make it larger is told that it ends there.
  if ((mode & FALLOC_FL_KEEP_SIZE) != 0) length = std::min(length, size - offset);
  return volume_->Zero(offset, length);
}

}  // namespace

DiskDevice::DiskDevice(const DeviceInfo& info, std::shared_ptr<Volume> volume,
                       std::shared_ptr<Partitions> partitions)
    : attributes_(info), volume_(std::move(volume)), partitions_(std::move(partitions)) {}

DeviceInfo DiskDevice::info() const {
  DeviceInfo info = attributes_.Get();
  info.size = volume_->size();
  info.seekable = true;
  return info;
}

ErrnoOr<std::unique_ptr<DeviceFile>> DiskDevice::Open(const DeviceOpen& open) {
  int access = open.flags & O_ACCMODE;
  bool writable = access == O_WRONLY || access == O_RDWR;
  // The kernel asks for CAP_SYS_ADMIN; here the device is its owner's.
  bool may_configure = open.caller.uid == 0 || open.caller.uid == attributes_.Get().uid;
  UMSDK_RETURN_IF_ERRNO(volume_->AddOpen());
  return std::unique_ptr<DeviceFile>(
      std::make_unique<DiskFile>(volume_, partitions_, writable, may_configure));
}

}  // namespace umsdk::umdev
