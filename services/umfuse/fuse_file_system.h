// FuseFileSystem: a FileSystem whose answers come from a FUSE daemon.
#ifndef SERVICES_UMFUSE_FUSE_FILE_SYSTEM_H_
#define SERVICES_UMFUSE_FUSE_FILE_SYSTEM_H_

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "sdk/base/mutex.h"
#include "services/umfuse/daemon_end.h"
#include "services/umfuse/dir_listing.h"
#include "services/umfuse/node_table.h"
#include "services/umfuse/protocol/fuse_conn.h"
#include "umsdk/file_system.h"
#include "umsdk/helper.h"

namespace umsdk::umfuse {

// What mount(2) said.
struct FuseMountOptions {
  uid_t uid = 0;  // who mounted it
  gid_t gid = 0;
  bool allow_other = false;
  bool debug = false;  // each request is told to the owner of the view
  // Told in place of the caller's: the old fuseuid=, fusegid=.
  std::optional<uid_t> as_uid = {};
  std::optional<gid_t> as_gid = {};
};

// Thread-safe.
class FuseFileSystem final : public FileSystem, private ConnListener {
 public:
  using EndFunction = std::function<void(const std::shared_ptr<DaemonEnd>& end)>;
  // When the file system is destroyed, `on_end` gets `end`. Both may be null.
  FuseFileSystem(std::shared_ptr<FuseConn> conn, FuseMountOptions options,
                 std::shared_ptr<DaemonEnd> end, EndFunction on_end);
  ~FuseFileSystem() override;
  // The daemon, if it was started for this mount; at once.
  void Keep(std::shared_ptr<Helper> helper) { end_->Keep(std::move(helper)); }
  // Waits until the daemon has answered INIT.
  ErrnoOrOk AwaitStart() {
    ErrnoOr<Session> agreed = session();
    return agreed.ok() ? ErrnoOrOk() : ErrnoOrOk(agreed.error());
  }

  size_t NameMax() const override { return kMaxName; }
  ErrnoOr<Entry> Lookup(const Caller& caller, NodeId parent, std::string_view name) override;
  std::optional<ErrnoOr<Entry>> LookupForAnybody(NodeId parent, std::string_view name) override;
  void Forget(NodeId node, uint64_t count) override;
  ErrnoOr<Attr> GetAttr(NodeId node) override { return AttrOf(node, false); }
  ErrnoOr<Attr> GetDataAttr(NodeId node) override { return AttrOf(node, true); }
  std::optional<timespec> BirthTime(NodeId node) override;
  ErrnoOr<Attr> SetAttr(const Caller& caller, NodeId node, const SetAttrRequest& change) override;
  ErrnoOr<std::string> ReadLink(NodeId node) override;
  ErrnoOr<Entry> MakeNode(const Caller& caller, NodeId parent, std::string_view name, mode_t mode,
                          dev_t rdev) override;
  ErrnoOr<Created> Create(const Caller& caller, NodeId parent, std::string_view name, mode_t mode,
                          int flags) override;
  ErrnoOr<Created> CreateTmpFile(const Caller& caller, NodeId dir, mode_t mode,
                                 int flags) override;
  ErrnoOr<Entry> MakeDir(const Caller& caller, NodeId parent, std::string_view name,
                         mode_t mode) override;
  ErrnoOr<Entry> Symlink(const Caller& caller, NodeId parent, std::string_view name,
                         std::string_view target) override;
  ErrnoOr<Entry> Link(const Caller& caller, NodeId node, NodeId new_parent,
                      std::string_view new_name) override;
  ErrnoOrOk Unlink(const Caller& caller, NodeId parent, std::string_view name) override;
  ErrnoOrOk RemoveDir(const Caller& caller, NodeId parent, std::string_view name) override;
  ErrnoOrOk Rename(const Caller& caller, NodeId parent, std::string_view name, NodeId new_parent,
                   std::string_view new_name, unsigned flags) override;
  ErrnoOrOk Access(const Caller& caller, NodeId node, int mask) override;
  ErrnoOrOk ReadDir(NodeId node, uint64_t offset,
                    const std::function<bool(const DirEntry&)>& emit) override;

  ErrnoOr<OpenReply> Open(const Caller& caller, NodeId node, int flags) override;
  ErrnoOrOk Flush(NodeId node, FileHandle handle) override;
  void Release(NodeId node, FileHandle handle) override;
  ErrnoOr<size_t> Read(NodeId node, FileHandle handle, uint64_t offset,
                       std::span<char> out) override;
  ErrnoOr<size_t> Write(NodeId node, FileHandle handle, uint64_t offset,
                        std::span<const char> bytes) override;
  ErrnoOrOk Fsync(NodeId node, FileHandle handle, bool data_only) override;
  ErrnoOrOk FsyncDir(NodeId node, bool data_only) override;
  ErrnoOrOk Fallocate(NodeId node, FileHandle handle, int mode, uint64_t offset,
                      uint64_t length) override;
  ErrnoOr<uint64_t> Seek(NodeId node, FileHandle handle, uint64_t offset, int whence) override;

  void ShowReadiness(NodeId node, FileHandle handle,
                     std::shared_ptr<Readiness> readiness) override;
  void SetStatusFlags(NodeId node, FileHandle handle, int flags) override;

  bool CopiesAcross() const override { return true; }
  ErrnoOr<size_t> CopyRange(NodeId from, FileHandle handle, uint64_t offset, NodeId to,
                            FileHandle to_handle, uint64_t to_offset, uint64_t length) override;
  ErrnoOr<int64_t> Ioctl(const Caller& caller, NodeId node, std::optional<FileHandle> handle,
                         uint64_t request, uint64_t argument, IoctlMemory& memory) override;

  bool KeepsLocks(LockKind kind) override;
  ErrnoOr<FileLock> GetLock(NodeId node, FileHandle handle, uint64_t owner,
                            const FileLock& lock) override;
  ErrnoOrOk SetLock(NodeId node, FileHandle handle, LockKind kind, uint64_t owner,
                    const FileLock& lock, bool wait) override;
  void DropLocks(NodeId node, FileHandle handle, uint64_t owner) override;

  ErrnoOr<std::string> GetXattr(NodeId node, std::string_view name) override;
  ErrnoOr<std::vector<std::string>> ListXattr(NodeId node) override;
  ErrnoOrOk SetXattr(const Caller& caller, NodeId node, std::string_view name,
                     std::string_view value, int flags) override;
  ErrnoOrOk RemoveXattr(const Caller& caller, NodeId node, std::string_view name) override;

  ErrnoOr<struct statvfs> StatFs() override;
  ErrnoOrOk Sync() override;
  void Abort() override;
  std::shared_ptr<FileSystemEnd> End() override { return end_; }
  void SetCacheControl(std::shared_ptr<CacheControl> control) override;

 private:
  struct OpenFile {
    uint64_t node = 0;
    uint64_t fh = 0;
    uint32_t flags = 0;       // of open(2)
    uint32_t open_flags = 0;  // FOPEN_*
    bool stateless = false;   // the daemon wants no RELEASE
    unsigned borrowed = 0;    // requests under way that name fh
    bool released = false;    // with the last of them it goes
    std::optional<uint64_t> flock_owner = {};  // RELEASE ends its flock
    std::shared_ptr<Readiness> readiness = {};
    bool poll_posted = false;  // a POLL that nobody waits for is with the daemon
    bool poll_again = false;   // another one must follow
  };
  // An open file that is not released while this lives.
  struct Held {
    Held(FuseFileSystem& fs, FileHandle handle);
    ~Held() { fs.GiveBack(handle); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    FuseFileSystem& fs;
    FileHandle handle;
    OpenFile file;
  };

  // ---- asking ----
  ErrnoOr<Session> session();
  Sender From(const Caller& caller);
  Sender FromWaiting();
  ErrnoOrOk CheckAllowed(const Caller& caller) const;
  // ENOSYS is remembered: the daemon will not be asked again.
  bool Lacks(uint32_t opcode) const { return (missing_ >> opcode & 1) != 0; }
  ErrnoOr<size_t> Ask(const Request& request, const Sender& sender, std::span<char> out = {});
  void SendForgotten();
  size_t EntrySize(const Session& session) const;
  // What a lookup comes to if the daemon need not be asked about the name.
  std::optional<ErrnoOr<Entry>> Known(NodeId parent, std::string_view name);
  ErrnoOr<Entry> AskEntry(const Request& request, const Caller& caller, NodeId parent,
                          std::string_view name, mode_t type);
  ErrnoOr<Entry> TakeEntry(const fuse_entry_out& entry, NodeId parent, std::string_view name,
                           mode_t type, uint64_t asked);
  ErrnoOr<Attr> TakeAttr(NodeId node, const fuse_attr_out& out, uint64_t asked);
  ErrnoOr<Attr> AttrOf(NodeId node, bool data_only);
  // The daemon told attributes of data that are not those that were read.
  void DataChanged(NodeId node);
  void DirChanged(NodeId parent, std::string_view name);

  // ---- open files ----
  OpenReply Remember(const OpenFile& file);
  OpenFile FileOf(FileHandle handle);
  ErrnoOr<Created> AskCreated(Request& request, const Caller& caller, NodeId parent,
                              std::optional<std::string_view> name, uint32_t flags);
  // Any open file of the node: unlinked ones are reached by it. 0: there is none. It is not released
  // until it is given back: the daemon would follow a pointer to nothing.
  FileHandle Borrow(NodeId node, bool writable);
  void GiveBack(FileHandle handle);
  void SendRelease(const OpenFile& file);

  ErrnoOr<int64_t> AskIoctl(NodeId node, const fuse_ioctl_in& about, IoctlMemory& memory);
  void OnLateLock(uint64_t node, std::span<const char> argument);

  // ---- poll ----
  static fuse_poll_in PollOf(FileHandle handle, const OpenFile& file);
  void CountPolled();
  void AskPoll(FileHandle handle);
  void PostPoll(FileHandle handle);
  void OnLatePoll(std::span<const char> argument, Errno error, std::span<const char> body);

  // ---- directories ----
  ErrnoOrOk OpenListing(NodeId node, DirListing& listing);
  ErrnoOrOk FillListing(NodeId node, DirListing& listing);
  void CloseListing(NodeId node, const DirListing& listing);
  void EnterListed(NodeId node, const DirListing::Item& item, uint64_t asked);

  void OnNotification(int code, std::span<const char> body) override;
  void OnLateReply(const LateReply& late, std::span<const char> body) override;
  void OnAnswered() override { SendForgotten(); }
  void OnGone() override;
  void Retrieve(std::span<const char> body);

  const std::shared_ptr<FuseConn> conn_;
  const FuseMountOptions options_;
  const std::shared_ptr<DaemonEnd> end_;
  const EndFunction on_end_;
  NodeTable nodes_;
  DirListings listings_;
  std::atomic<uint64_t> missing_{0};  // a bit an opcode
  Mutex mutex_;
  std::shared_ptr<CacheControl> cache_control_ UMSDK_GUARDED_BY(mutex_);
  FileHandle next_handle_ UMSDK_GUARDED_BY(mutex_) = 1;
  std::unordered_map<FileHandle, OpenFile> files_ UMSDK_GUARDED_BY(mutex_);
  std::optional<Session> session_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_FUSE_FILE_SYSTEM_H_
