#include "sdk/core/backing.h"

#include <fcntl.h>

#include <optional>
#include <utility>

namespace umsdk {
namespace {

// One handle for reading and one for writing serve all guests, as the kernel's page cache does.
class NodeBacking final : public Backing {
 public:
  explicit NodeBacking(NodePtr node) : node_(std::move(node)) {}
  // A read that raced with the last close may have opened the node once more.
  ~NodeBacking() override { (void)Close(); }

  ErrnoOr<OpenReply> Open(const Caller& caller, int flags) override {
    UMSDK_ASSIGN_OR_ERRNO(OpenReply reply, fs().Open(caller, id(), flags));
    if (reply.seeking == OpenReply::Seeking::kFree) Adopt(reply, flags);
    return reply;
  }
  void Adopt(const OpenReply& reply, int flags) override {
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    bool reads = (flags & O_ACCMODE) != O_WRONLY;
    std::optional<OpenReply>& slot = writes ? writer_ : reader_;
    if (slot.has_value() && slot->handle == reply.handle) return;
    // One that can do both is worth more than one that only writes.
    if (writes && reads && !writer_reads_) {
      if (slot.has_value()) fs().Release(id(), slot->handle);
      slot = reply;
      writer_reads_ = true;
    } else if (slot.has_value()) {
      fs().Release(id(), reply.handle);
    } else {
      slot = reply;
    }
  }
  ErrnoOr<Attr> Stat() override { return fs().GetAttr(id()); }
  ErrnoOr<Attr> DataStat() override { return fs().GetDataAttr(id()); }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    UMSDK_ASSIGN_OR_ERRNO(FileHandle reader, Reader());
    return fs().Read(id(), reader, offset, out);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    UMSDK_RETURN_IF_ERRNO(NeedWriter());
    return fs().Write(id(), writer_->handle, offset, bytes);
  }
  ErrnoOrOk Truncate(const Caller& caller, uint64_t size) override {
    SetAttrRequest change;
    change.size = size;
    UMSDK_RETURN_IF_ERRNO(fs().SetAttr(caller, id(), change));
    return {};
  }
  ErrnoOrOk Fallocate(int mode, uint64_t offset, uint64_t length) override {
    UMSDK_RETURN_IF_ERRNO(NeedWriter());
    return fs().Fallocate(id(), writer_->handle, mode, offset, length);
  }
  ErrnoOr<uint64_t> Seek(uint64_t offset, int whence) override {
    UMSDK_ASSIGN_OR_ERRNO(FileHandle reader, Reader());
    return fs().Seek(id(), reader, offset, whence);
  }
  ErrnoOrOk Fsync(bool data_only) override {
    if (!writer_.has_value()) return {};
    return fs().Fsync(id(), writer_->handle, data_only);
  }
  ErrnoOr<FileHandle> Handle(bool writable) override {
    if (!writable) return Reader();
    UMSDK_RETURN_IF_ERRNO(NeedWriter());
    return writer_->handle;
  }
  ErrnoOrOk Close() override {
    ErrnoOrOk result;
    if (writer_.has_value()) {
      result = fs().Flush(id(), writer_->handle);
      fs().Release(id(), std::exchange(writer_, std::nullopt)->handle);
      writer_reads_ = false;
    }
    if (reader_.has_value()) fs().Release(id(), std::exchange(reader_, std::nullopt)->handle);
    return result;
  }

 private:
  FileSystem& fs() { return node_->fs(); }
  NodeId id() const { return node_->id(); }
  // The SDK's own reading of a file that guests have open for writing only, and the reverse.
  ErrnoOr<FileHandle> Reader() {
    if (!reader_.has_value() && writer_.has_value() && writer_reads_) return writer_->handle;
    UMSDK_RETURN_IF_ERRNO(Need(reader_, O_RDONLY));
    return reader_->handle;
  }
  ErrnoOrOk NeedWriter() { return Need(writer_, O_WRONLY); }
  ErrnoOrOk Need(std::optional<OpenReply>& slot, int flags) {
    if (slot.has_value()) return {};
    UMSDK_ASSIGN_OR_ERRNO(OpenReply reply, fs().Open(Caller{}, id(), flags));
    slot = reply;
    return {};
  }

  NodePtr node_;
  std::optional<OpenReply> reader_, writer_;
  bool writer_reads_ = false;  // writer_ was opened for both
};

class FileBacking final : public Backing {
 public:
  explicit FileBacking(std::unique_ptr<File> file) : file_(std::move(file)) {}
  ErrnoOr<OpenReply> Open(const Caller&, int) override { return OpenReply(); }
  void Adopt(const OpenReply&, int) override {}
  ErrnoOr<Attr> Stat() override { return file_->Stat(); }
  ErrnoOr<size_t> Read(uint64_t offset, std::span<char> out) override {
    return file_->Read(offset, out);
  }
  ErrnoOr<size_t> Write(uint64_t offset, std::span<const char> bytes) override {
    return file_->Write(offset, bytes);
  }
  ErrnoOrOk Truncate(const Caller&, uint64_t size) override { return file_->Truncate(size); }
  ErrnoOrOk Fallocate(int, uint64_t, uint64_t) override { return Errno(EOPNOTSUPP); }
  ErrnoOr<uint64_t> Seek(uint64_t, int) override { return Errno(EOPNOTSUPP); }
  ErrnoOrOk Fsync(bool) override { return file_->Fsync(); }
  ErrnoOrOk Close() override { return {}; }

 private:
  std::unique_ptr<File> file_;
};

}  // namespace

std::unique_ptr<Backing> MakeNodeBacking(NodePtr node) {
  return std::make_unique<NodeBacking>(std::move(node));
}

std::unique_ptr<Backing> MakeFileBacking(std::unique_ptr<File> file) {
  return std::make_unique<FileBacking>(std::move(file));
}

}  // namespace umsdk
