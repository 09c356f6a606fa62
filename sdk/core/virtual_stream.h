// VirtualStream: one open of a file of a file system that cannot be sought (OpenReply::seeking). The
// guest holds a pipe, by which it polls; all input and output is trapped.
#ifndef SDK_CORE_VIRTUAL_STREAM_H_
#define SDK_CORE_VIRTUAL_STREAM_H_

#include <atomic>
#include <memory>
#include <string>

#include "sdk/core/guest_mutex.h"
#include "sdk/core/open_object.h"
#include "sdk/core/ready_pipe.h"
#include "sdk/core/trapped_io.h"

namespace umsdk {

// Thread-safe. Reads and writes of a kStream are not serialized: one that waits for the file system
// holds up nobody.
class VirtualStream final : public OpenObject, public TrappedIo {
 public:
  // `reply`: of the open; it is released when the guests have closed it.
  VirtualStream(std::shared_ptr<Mount> mount, NodePtr node, std::string path, const OpenReply& reply);
  ~VirtualStream() override { Reap(); }
  TrappedIo* trapped_io() override { return this; }

  // Makes the kernel object; `flags` as in open(2).
  ErrnoOr<UniqueFd> Open(int flags);
  ObjectKey key() const { return pipe_->key(); }

  bool seekable() const override { return false; }
  ErrnoOr<size_t> Read(int description, std::optional<uint64_t> position,
                       std::span<char> out) override;
  ErrnoOr<size_t> Write(int description, std::optional<uint64_t> position,
                        std::span<const char> bytes) override;
  ErrnoOr<int64_t> Ioctl(const Caller& caller, uint64_t request, uint64_t argument,
                         IoctlMemory& memory) override;
  ErrnoOrOk Fsync(bool data_only) override;

  ErrnoOr<Attr> Stat() override { return fs().GetAttr(id()); }
  bool Reap() override;

 private:
  FileSystem& fs() const { return node()->fs(); }
  NodeId id() const { return node()->id(); }
  // The guest may have changed them (F_SETFL); what they are now.
  int TellFlags(int description);
  ErrnoOr<size_t> ReadAt(uint64_t offset, std::span<char> out);

  const OpenReply reply_;
  const std::shared_ptr<ReadyPipe> pipe_;
  std::atomic<int> flags_{0};
  std::atomic<bool> released_{false};
  GuestMutex mutex_;  // of kInOrder
  uint64_t offset_ UMSDK_GUARDED_BY(mutex_) = 0;
};

}  // namespace umsdk

#endif  // SDK_CORE_VIRTUAL_STREAM_H_
