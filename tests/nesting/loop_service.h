// LoopService: mounts of type umloop are block devices over the file that the source names. With
// the option "late" the file is looked for at every open, not at the mount.
#ifndef TESTS_NESTING_LOOP_SERVICE_H_
#define TESTS_NESTING_LOOP_SERVICE_H_

#include <fcntl.h>

#include <memory>
#include <string>
#include <utility>

#include "umsdk/service.h"

namespace umsdk {

class LoopDevice final : public Device {
 public:
  LoopDevice(std::shared_ptr<HostFiles> files, std::string path, DeviceInfo info,
             std::shared_ptr<HostFile> image)
      : files_(std::move(files)), path_(std::move(path)), info_(info), image_(std::move(image)) {}
  DeviceInfo info() const override { return info_; }
  ErrnoOr<std::unique_ptr<DeviceFile>> Open(const DeviceOpen& open) override {
    std::shared_ptr<HostFile> image = image_;
    if (!image) {
      UMSDK_ASSIGN_OR_ERRNO(image, files_->Open(open.caller, path_, open.flags & O_ACCMODE));
    }
    return std::unique_ptr<DeviceFile>(std::make_unique<Opened>(std::move(image)));
  }

 private:
  class Opened final : public DeviceFile {
   public:
    explicit Opened(std::shared_ptr<HostFile> image) : image_(std::move(image)) {}
    ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
      return image_->Read(offset, out);
    }
    ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
      return image_->Write(offset, bytes);
    }
    ErrnoOr<int64_t> Ioctl(uint64_t request, uint64_t argument, IoctlMemory& memory) override {
      return image_->Ioctl(request, argument, memory);
    }
    ErrnoOrOk Fsync() override { return image_->Sync(); }

   private:
    const std::shared_ptr<HostFile> image_;
  };

  const std::shared_ptr<HostFiles> files_;
  const std::string path_;
  const DeviceInfo info_;
  const std::shared_ptr<HostFile> image_;  // null: "late"
};

class LoopService final : public Service {
 public:
  std::string_view name() const override { return "loop"; }
  Claims claims() const override { return Claim::FsType("umloop"); }
  ErrnoOr<Mounted> OnMount(SyscallContext& ctx, const MountRequest& mount) override {
    std::shared_ptr<HostFiles> files = ctx.files();
    DeviceInfo info = {.block = true, .mode = 0666, .size = uint64_t{1} << 20, .seekable = true};
    std::shared_ptr<HostFile> image;
    if (mount.options != "late") {
      UMSDK_ASSIGN_OR_ERRNO(image, files->Open(ctx.caller(), mount.source, O_RDWR));
      UMSDK_ASSIGN_OR_ERRNO(info.size, image->Size());
    }
    auto device =
        std::make_shared<LoopDevice>(std::move(files), mount.source, info, std::move(image));
    return Mounted{.file_system = nullptr, .device = std::move(device), .traits = {.leaf = true}};
  }
};

}  // namespace umsdk

#endif  // TESTS_NESTING_LOOP_SERVICE_H_
