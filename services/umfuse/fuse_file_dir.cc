// The part of FuseFileSystem that reads directories and hears what the daemon says unasked.
#include <dirent.h>
#include <fcntl.h>

#include <algorithm>

#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

constexpr uint32_t kListingRoom = 32 << 10;  // bytes asked for at a time

bool IsDot(const std::string& name) { return name == "." || name == ".."; }

}  // namespace

// ---- directories ----

ErrnoOrOk FuseFileSystem::OpenListing(NodeId node, DirListing& listing) {
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  listing.node = node;
  constexpr uint32_t kFlags = O_RDONLY | O_DIRECTORY | 0100000 /* O_LARGEFILE */;
  fuse_open_in in = {kFlags, 0};
  fuse_open_out out = {};
  ErrnoOr<size_t> got = Ask(Request(FUSE_OPENDIR, node).AddStruct(in), FromWaiting(),
                            {reinterpret_cast<char*>(&out), sizeof(out)});
  if (!got.ok()) {
    if (got.error() == Errno(ENOSYS) && agreed.Has(FUSE_NO_OPENDIR_SUPPORT)) return {};
    return got.error();
  }
  if (*got < sizeof(out)) return Errno(EIO);
  listing.fh = out.fh;
  listing.open = true;
  return {};
}

ErrnoOrOk FuseFileSystem::FillListing(NodeId node, DirListing& listing) {
  if (listing.bad) return Errno(EIO);
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  bool plus = agreed.Has(FUSE_DO_READDIRPLUS) && !Lacks(FUSE_READDIRPLUS);
  std::vector<char> room(std::min(kListingRoom, agreed.max_read));
  fuse_read_in in = {};
  in.fh = listing.fh;
  in.offset = listing.daemon_offset;
  in.size = static_cast<uint32_t>(room.size());
  uint64_t asked = nodes_.Now();
  ErrnoOr<size_t> got =
      Ask(Request(plus ? FUSE_READDIRPLUS : FUSE_READDIR, node).AddStruct(in), FromWaiting(), room);
  if (!got.ok()) {
    if (plus && got.error() == Errno(ENOSYS)) return FillListing(node, listing);
    return got.error();
  }
  listing.end = *got == 0;
  size_t before = listing.items.size();
  listing.Parse({room.data(), *got}, plus);
  if (listing.items.size() == before && *got > 0) return Errno(EIO);
  for (size_t i = before; i < listing.items.size(); ++i) EnterListed(node, listing.items[i], asked);
  std::erase_if(listing.items, [](const DirListing::Item& item) { return IsDot(item.name); });
  return {};
}

// Each entry but "." and ".." counts as a lookup.
void FuseFileSystem::EnterListed(NodeId node, const DirListing::Item& item, uint64_t asked) {
  if (!item.entry || item.entry->nodeid == 0 || IsDot(item.name)) return;
  if (item.entry->nodeid == kRootNode || !IsValid(item.entry->attr))
    return nodes_.OweForget(item.entry->nodeid);
  if (!nodes_.Enter(node, item.name, *item.entry, false, asked)) DataChanged(item.entry->nodeid);
}

void FuseFileSystem::CloseListing(NodeId node, const DirListing& listing) {
  if (!listing.open) return;
  fuse_release_in in = {};
  in.fh = listing.fh;
  in.flags = O_RDONLY | O_DIRECTORY;
  conn_->Post(Request(FUSE_RELEASEDIR, node).AddStruct(in), FromWaiting(), true);
}

ErrnoOrOk FuseFileSystem::ReadDir(NodeId node, uint64_t offset,
                                  const std::function<bool(const DirEntry&)>& emit) {
  std::optional<DirListing> listing = listings_.Take(node, offset);
  if (!listing) {
    listing.emplace();
    UMSDK_RETURN_IF_ERRNO(OpenListing(node, *listing));
  }
  ErrnoOrOk failure;
  bool full = false;
  bool handed_out = false;
  constexpr int kMaxFills = 10000;  // a daemon may go on for ever with nothing
  for (int fills = 0; !full; ++fills) {
    if (fills > kMaxFills) failure = Errno(EIO);
    if (listing->items.empty()) {
      if (!listing->end) failure = FillListing(node, *listing);
      if (!failure.ok() || listing->items.empty()) {
        if (failure.ok() && !listing->end) continue;
        break;
      }
    }
    size_t used = 0;
    for (const DirListing::Item& item : listing->items) {
      uint64_t next = listing->first + used + 1;
      // A listing that had to be started anew (seekdir): what is before the place is skipped.
      if (next > offset) {
        full = !emit({item.name, item.ino, static_cast<unsigned char>(item.type), next});
        if (full) break;
        handed_out = true;
      }
      ++used;
    }
    listing->items.erase(listing->items.begin(),
                         listing->items.begin() + static_cast<ptrdiff_t>(used));
    listing->first += used;
  }
  // At its end it stays for the call that finds nothing more.
  bool over = !failure.ok() || (listing->end && !full && !handed_out);
  if (!over) {
    std::optional<DirListing> surplus = listings_.Keep(*std::move(listing));
    if (surplus) CloseListing(surplus->node, *surplus);
  } else {
    CloseListing(node, *listing);
  }
  SendForgotten();
  return handed_out ? ErrnoOrOk() : failure;
}

ErrnoOrOk FuseFileSystem::FsyncDir(NodeId node, bool data_only) {
  DirListing listing;
  UMSDK_RETURN_IF_ERRNO(OpenListing(node, listing));
  fuse_fsync_in in = {listing.fh, data_only ? uint32_t{FUSE_FSYNC_FDATASYNC} : 0, 0};
  ErrnoOr<size_t> done = Ask(Request(FUSE_FSYNCDIR, node).AddStruct(in), FromWaiting());
  CloseListing(node, listing);
  if (done.ok() || done.error() == Errno(ENOSYS)) return {};
  return done.error();
}

// ---- unasked ----

void FuseFileSystem::OnNotification(int code, std::span<const char> body) {
  auto name_behind = [&](size_t head, uint32_t length) -> std::optional<std::string> {
    if (length > kMaxName || body.size() < head + length) return std::nullopt;
    return std::string(body.data() + head, length);
  };
  auto drop_data = [&](uint64_t node) {
    nodes_.DropAttr(node);
    MutexLock lock(mutex_);
    if (cache_control_) cache_control_->DropData(node);
  };
  if (code == FUSE_NOTIFY_INVAL_INODE) {
    fuse_notify_inval_inode_out out;
    if (!ReadStruct(body, out)) return;
    if (out.off < 0) return nodes_.DropAttr(out.ino);  // attributes only
    drop_data(out.ino);
  } else if (code == FUSE_NOTIFY_INVAL_ENTRY) {
    fuse_notify_inval_entry_out out;
    if (!ReadStruct(body, out)) return;
    std::optional<std::string> name = name_behind(sizeof(out), out.namelen);
    if (name) nodes_.DropName(out.parent, *name), nodes_.DropAttr(out.parent);
  } else if (code == FUSE_NOTIFY_DELETE) {
    fuse_notify_delete_out out;
    if (!ReadStruct(body, out)) return;
    std::optional<std::string> name = name_behind(sizeof(out), out.namelen);
    if (name) nodes_.DropName(out.parent, *name), nodes_.DropAttr(out.parent);
    nodes_.DropAttr(out.child);
  } else if (code == FUSE_NOTIFY_STORE) {
    // What the daemon pushes is not kept, but asked for when somebody reads it.
    fuse_notify_store_out out;
    if (ReadStruct(body, out)) drop_data(out.nodeid);
  } else if (code == FUSE_NOTIFY_RETRIEVE) {
    Retrieve(body);
  } else if (code == FUSE_NOTIFY_POLL) {
    fuse_notify_poll_wakeup_out out;
    if (ReadStruct(body, out)) PostPoll(out.kh);
  }
}

// The cache is the SDK's and written through: nothing of it is of use to the daemon, which is the
// answer of an empty page cache.
void FuseFileSystem::Retrieve(std::span<const char> body) {
  fuse_notify_retrieve_out out;
  if (!ReadStruct(body, out)) return;
  fuse_notify_retrieve_in in = {};
  in.offset = out.offset;
  conn_->PostReply(out.notify_unique, Request(FUSE_NOTIFY_REPLY, out.nodeid).AddStruct(in));
}

void FuseFileSystem::OnLateReply(const LateReply& late, std::span<const char> body) {
  fuse_entry_out entry;
  fuse_open_out open;
  switch (late.opcode) {
    case FUSE_LOOKUP:
    case FUSE_MKNOD:
    case FUSE_MKDIR:
    case FUSE_SYMLINK:
    case FUSE_LINK:
    case FUSE_CREATE:
    case FUSE_TMPFILE:
      if (!ReadStruct(body, entry) || entry.nodeid <= kRootNode) return;
      nodes_.OweForget(entry.nodeid);
      if ((late.opcode == FUSE_CREATE || late.opcode == FUSE_TMPFILE) &&
          ReadStruct(body.subspan(sizeof(entry)), open)) {
        fuse_release_in in = {};
        in.fh = open.fh;
        conn_->Post(Request(FUSE_RELEASE, entry.nodeid).AddStruct(in), Sender(), true);
      }
      return;
    case FUSE_OPEN:
    case FUSE_OPENDIR: {
      if (!ReadStruct(body, open)) return;
      fuse_release_in in = {};
      in.fh = open.fh;
      uint32_t release = late.opcode == FUSE_OPEN ? FUSE_RELEASE : FUSE_RELEASEDIR;
      conn_->Post(Request(release, late.node).AddStruct(in), Sender(), true);
      return;
    }
    case FUSE_POLL:
      return OnLatePoll(late.argument, late.error, body);
    case FUSE_SETLK:
    case FUSE_SETLKW:
      return OnLateLock(late.node, late.argument);
    default:
      return;
  }
}

}  // namespace umsdk::umfuse
