#include "services/umdev/tracing_device.h"

#include "absl/strings/str_cat.h"

namespace umsdk::umdev {
namespace {

// Writes the lines of one device: `null_write c 0 0 len 4096`.
class Tracer {
 public:
  Tracer(ServiceHost& host, std::string name, const DeviceInfo& info)
      : host_(host),
        name_(std::move(name)),
        numbers_(absl::StrCat(info.block ? " b " : " c ", info.major, " ", info.minor, " ")) {}

  void Hex(const char* what, const char* label, uint64_t value) const {
    host_.Report(absl::StrCat(name_, what, numbers_, label, " ", absl::Hex(value)));
  }
  void Decimal(const char* what, const char* label, uint64_t value) const {
    host_.Report(absl::StrCat(name_, what, numbers_, label, " ", value));
  }

 private:
  ServiceHost& host_;
  std::string name_;
  std::string numbers_;
};

class TracingFile final : public DeviceFile {
 public:
  TracingFile(Tracer tracer, bool ioctls, std::unique_ptr<DeviceFile> inner)
      : tracer_(std::move(tracer)), ioctls_(ioctls), inner_(std::move(inner)) {}
  ~TracingFile() override { tracer_.Hex("_release", "flag", 0); }

  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    tracer_.Decimal("_read", "len", out.size());
    return inner_->Read(offset, out);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    tracer_.Decimal("_write", "len", bytes.size());
    return inner_->Write(offset, bytes);
  }
  ErrnoOr<int64_t> Ioctl(uint64_t request, uint64_t argument, IoctlMemory& memory) override {
    if (ioctls_) tracer_.Hex("_ioctl", "request", request);
    return inner_->Ioctl(request, argument, memory);
  }
  ErrnoOrOk Fsync() override { return inner_->Fsync(); }
  ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length) override {
    return inner_->Fallocate(mode, offset, length);
  }

 private:
  const Tracer tracer_;
  const bool ioctls_;
  const std::unique_ptr<DeviceFile> inner_;
};

}  // namespace

ErrnoOr<std::unique_ptr<DeviceFile>> TracingDevice::Open(const DeviceOpen& open) {
  Tracer tracer(host_, name_, inner_->info());
  tracer.Hex("_open", "flag", static_cast<unsigned>(open.flags));
  UMSDK_ASSIGN_OR_ERRNO(std::unique_ptr<DeviceFile> file, inner_->Open(open));
  return std::unique_ptr<DeviceFile>(
      std::make_unique<TracingFile>(std::move(tracer), ioctls_, std::move(file)));
}

ErrnoOr<NativeOpen> TracingDevice::OpenNative(const DeviceOpen& open) {
  Tracer(host_, name_, inner_->info()).Hex("_open", "flag", static_cast<unsigned>(open.flags));
  return inner_->OpenNative(open);
}

}  // namespace umsdk::umdev
