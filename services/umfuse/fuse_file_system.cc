#include "services/umfuse/fuse_file_system.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

namespace umsdk::umfuse {
namespace {

constexpr size_t kMaxNames = 16384;  // in the cache, a mount

}  // namespace

FuseFileSystem::FuseFileSystem(std::shared_ptr<FuseConn> conn, FuseMountOptions options,
                               std::shared_ptr<DaemonEnd> end, EndFunction on_end)
    : conn_(std::move(conn)),
      options_(options),
      end_(std::move(end)),
      on_end_(std::move(on_end)),
      nodes_(kMaxNames) {
  conn_->SetListener(this);
}

FuseFileSystem::~FuseFileSystem() {
  conn_->SetListener(nullptr);
  if (on_end_) on_end_(end_);
}

void FuseFileSystem::Abort() {
  if (end_) end_->Force();
  conn_->Abort();
}

void FuseFileSystem::SetCacheControl(std::shared_ptr<CacheControl> control) {
  MutexLock lock(mutex_);
  cache_control_ = std::move(control);
}

// ---- asking ----

ErrnoOr<Session> FuseFileSystem::session() {
  {
    MutexLock lock(mutex_);
    if (session_) return *session_;
  }
  UMSDK_ASSIGN_OR_ERRNO(Session session, conn_->Ready());
  MutexLock lock(mutex_);
  return *(session_ = session);
}

Sender FuseFileSystem::From(const Caller& caller) {
  if (caller.tid == 0) return FromWaiting();
  return {options_.as_uid.value_or(caller.uid), options_.as_gid.value_or(caller.gid),
          static_cast<uint32_t>(caller.tid)};
}

// The SDK's own calls are made in the name of the guest whose call it handles, if there is one.
Sender FuseFileSystem::FromWaiting() {
  Waiting* waiting = Waiting::Current();
  if (waiting != nullptr && waiting->caller().tid != 0) return From(waiting->caller());
  return {options_.as_uid.value_or(options_.uid), options_.as_gid.value_or(options_.gid), 0};
}

// Without allow_other nobody but the owner of the mount, root included, sees anything of it.
ErrnoOrOk FuseFileSystem::CheckAllowed(const Caller& caller) const {
  bool own = caller.tid == 0 || (caller.uid == options_.uid && caller.gid == options_.gid);
  return options_.allow_other || own ? ErrnoOrOk() : ErrnoOrOk(Errno(EACCES));
}

ErrnoOr<size_t> FuseFileSystem::Ask(const Request& request, const Sender& sender,
                                    std::span<char> out) {
  constexpr uint32_t kOpcodes = 64;
  bool counted = request.opcode() < kOpcodes;
  if (counted && Lacks(request.opcode())) return Errno(ENOSYS);
  UMSDK_RETURN_IF_ERRNO(session());
  ErrnoOr<size_t> got = conn_->Call(request, sender, out);
  if (counted && !got.ok() && got.error() == Errno(ENOSYS))
    missing_ |= uint64_t{1} << request.opcode();
  return got;
}

void FuseFileSystem::SendForgotten() {
  std::vector<NodeTable::Forgotten> all = nodes_.TakeForgotten();
  if (all.empty() || conn_->dead()) return;
  const auto held = std::partition(all.begin(), all.end(), [this](const auto& one) {
    return !conn_->AwaitsOn(one.node);
  });
  nodes_.PutBack({held, all.end()});
  all.erase(held, all.end());
  if (all.empty()) return;
  ErrnoOr<Session> agreed = session();
  if (!agreed.ok()) return;
  constexpr uint32_t kFirstWithBatches = 16;
  constexpr size_t kBatch = 128;  // a daemon's buffer is at least 8 KiB
  if (agreed->minor < kFirstWithBatches || all.size() == 1) {
    for (const NodeTable::Forgotten& one : all) {
      fuse_forget_in in = {one.lookups};
      conn_->Post(Request(FUSE_FORGET, one.node).AddStruct(in), Sender(), false);
    }
    return;
  }
  for (size_t at = 0; at < all.size(); at += kBatch) {
    std::vector<fuse_forget_one> batch;
    for (size_t i = at; i < std::min(all.size(), at + kBatch); ++i)
      batch.push_back({all[i].node, all[i].lookups});
    fuse_batch_forget_in in = {static_cast<uint32_t>(batch.size()), 0};
    Request request(FUSE_BATCH_FORGET, 0);
    request.AddStruct(in).Add(
        {reinterpret_cast<char*>(batch.data()), batch.size() * sizeof(batch[0])});
    conn_->Post(request, Sender(), false);
  }
}

size_t FuseFileSystem::EntrySize(const Session& session) const {
  return session.minor < kFirstWithLongAttr ? FUSE_COMPAT_ENTRY_OUT_SIZE : sizeof(fuse_entry_out);
}

ErrnoOr<Entry> FuseFileSystem::TakeEntry(const fuse_entry_out& out, NodeId parent,
                                         std::string_view name, mode_t type, uint64_t asked) {
  bool bad_type = !IsValid(out.attr) || (type != 0 && (out.attr.mode & S_IFMT) != type);
  if (out.nodeid == 0 || out.nodeid == kRootNode || bad_type) {
    if (out.nodeid > kRootNode) nodes_.OweForget(out.nodeid);
    return Errno(EIO);
  }
  if (!nodes_.Enter(parent, name, out, true, asked)) DataChanged(out.nodeid);
  return Entry{out.nodeid, ToAttr(out.attr), 0};
}

ErrnoOr<Entry> FuseFileSystem::AskEntry(const Request& request, const Caller& caller, NodeId parent,
                                        std::string_view name, mode_t type) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  fuse_entry_out out = {};
  uint64_t asked = nodes_.Now();
  UMSDK_ASSIGN_OR_ERRNO(size_t got,
                        Ask(request, From(caller), {reinterpret_cast<char*>(&out), sizeof(out)}));
  if (got < EntrySize(agreed)) return Errno(EIO);
  DirChanged(parent, name);
  return TakeEntry(out, parent, name, type, asked);
}

void FuseFileSystem::DirChanged(NodeId parent, std::string_view name) {
  nodes_.DropName(parent, name);
  nodes_.DropAttr(parent);
  SendForgotten();
}

// ---- names ----

std::optional<ErrnoOr<Entry>> FuseFileSystem::Known(NodeId parent, std::string_view name) {
  std::optional<NodeTable::Name> known = nodes_.Find(parent, name);
  if (!known) return std::nullopt;
  if (known->node == 0) return Errno(ENOENT);
  if (known->attr) return Entry{known->node, *known->attr, 0};
  ErrnoOr<Attr> attr = GetAttr(known->node);
  if (attr.ok()) return Entry{known->node, *attr, 0};
  nodes_.DropName(parent, name);
  Forget(known->node, 1);
  if (attr.error() != Errno(ENOENT)) return attr.error();
  return std::nullopt;  // gone behind our back: look again
}

std::optional<ErrnoOr<Entry>> FuseFileSystem::LookupForAnybody(NodeId parent, std::string_view name) {
  if (!options_.allow_other) return std::nullopt;
  return Known(parent, name);
}

ErrnoOr<Entry> FuseFileSystem::Lookup(const Caller& caller, NodeId parent, std::string_view name) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  if (std::optional<ErrnoOr<Entry>> known = Known(parent, name)) return *std::move(known);
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  fuse_entry_out out = {};
  uint64_t asked = nodes_.Now();
  Request request(FUSE_LOOKUP, parent);
  UMSDK_ASSIGN_OR_ERRNO(size_t got, Ask(request.AddName(name), From(caller),
                                        {reinterpret_cast<char*>(&out), sizeof(out)}));
  if (got < EntrySize(agreed)) return Errno(EIO);
  if (out.nodeid == 0) {
    nodes_.EnterMissing(parent, name, ValidUntil(out.entry_valid, out.entry_valid_nsec));
    return Errno(ENOENT);
  }
  ErrnoOr<Entry> entry = TakeEntry(out, parent, name, 0, asked);
  SendForgotten();
  return entry;
}

void FuseFileSystem::Forget(NodeId node, uint64_t count) {
  nodes_.Release(node, count);
  SendForgotten();
}

}  // namespace umsdk::umfuse
