// The half of FuseFileSystem that makes, removes and renames.
#include <fcntl.h>
#include <stdio.h>

#include "services/umfuse/fuse_file_system.h"

namespace umsdk::umfuse {
namespace {

constexpr uint32_t kFirstWithLongMknod = 12;
constexpr uint32_t kFirstWithRename2 = 23;

// Flags of open(2) as the kernel hands them to a daemon: the rest is done before or after.
uint32_t CreateFlags(int flags) {
  constexpr int kLargeFile = 0100000;
  return static_cast<uint32_t>((flags & ~O_NOCTTY) | kLargeFile);
}

}  // namespace

ErrnoOr<Entry> FuseFileSystem::MakeNode(const Caller& caller, NodeId parent, std::string_view name,
                                        mode_t mode, dev_t rdev) {
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  fuse_mknod_in in = {mode, ToProtocolDevice(rdev), caller.umask, 0};
  Request request(FUSE_MKNOD, parent);
  request.AddStruct(in, agreed.minor < kFirstWithLongMknod ? FUSE_COMPAT_MKNOD_IN_SIZE : sizeof(in))
      .AddName(name);
  return AskEntry(request, caller, parent, name, mode & S_IFMT);
}

ErrnoOr<Created> FuseFileSystem::Create(const Caller& caller, NodeId parent, std::string_view name,
                                        mode_t mode, int flags) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  if (agreed.minor < kFirstWithLongMknod) return Errno(ENOSYS);
  fuse_create_in in = {CreateFlags(flags | O_CREAT), S_IFREG | (mode & 07777), caller.umask, 0};
  Request request(FUSE_CREATE, parent);
  request.AddStruct(in).AddName(name);
  return AskCreated(request, caller, parent, name, in.flags);
}

// The kernel's name of what has none.
ErrnoOr<Created> FuseFileSystem::CreateTmpFile(const Caller& caller, NodeId dir, mode_t mode,
                                               int flags) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  fuse_create_in in = {CreateFlags(flags), S_IFREG | (mode & 07777), caller.umask, 0};
  Request request(FUSE_TMPFILE, dir);
  request.AddStruct(in).AddName("/");
  ErrnoOr<Created> created = AskCreated(request, caller, dir, std::nullopt, in.flags);
  if (!created.ok() && created.error() == Errno(ENOSYS)) return Errno(EOPNOTSUPP);
  return created;
}

ErrnoOr<Created> FuseFileSystem::AskCreated(Request& request, const Caller& caller, NodeId parent,
                                            std::optional<std::string_view> name, uint32_t flags) {
  struct {
    fuse_entry_out entry;
    fuse_open_out open;
  } out = {};
  uint64_t asked = nodes_.Now();
  UMSDK_ASSIGN_OR_ERRNO(size_t got, Ask(request, From(caller),
                                        {reinterpret_cast<char*>(&out), sizeof(out)}));
  if (got < sizeof(out)) return Errno(EIO);
  if (name) DirChanged(parent, *name);
  OpenFile file{out.entry.nodeid, out.open.fh,
                flags & ~static_cast<uint32_t>(O_CREAT | O_EXCL | O_TRUNC), out.open.open_flags,
                false};
  OpenReply open = Remember(file);
  // Without a name it is not entered under one: its validity is none.
  if (!name) out.entry.entry_valid = out.entry.entry_valid_nsec = 0;
  ErrnoOr<Entry> entry = TakeEntry(out.entry, parent, name.value_or(""), S_IFREG, asked);
  if (entry.ok()) return Created{*entry, open};
  Release(out.entry.nodeid, open.handle);
  return entry.error();
}

ErrnoOr<Entry> FuseFileSystem::MakeDir(const Caller& caller, NodeId parent, std::string_view name,
                                       mode_t mode) {
  fuse_mkdir_in in = {mode & 07777, caller.umask};
  Request request(FUSE_MKDIR, parent);
  return AskEntry(request.AddStruct(in).AddName(name), caller, parent, name, S_IFDIR);
}

ErrnoOr<Entry> FuseFileSystem::Symlink(const Caller& caller, NodeId parent, std::string_view name,
                                       std::string_view target) {
  Request request(FUSE_SYMLINK, parent);
  return AskEntry(request.AddName(name).AddName(target), caller, parent, name, S_IFLNK);
}

ErrnoOr<Entry> FuseFileSystem::Link(const Caller& caller, NodeId node, NodeId new_parent,
                                    std::string_view new_name) {
  fuse_link_in in = {node};
  Request request(FUSE_LINK, new_parent);
  request.Concerns(node);
  ErrnoOr<Entry> entry =
      AskEntry(request.AddStruct(in).AddName(new_name), caller, new_parent, new_name, 0);
  if (!entry.ok()) return entry.error() == Errno(ENOSYS) ? Errno(EPERM) : entry.error();
  if (entry->node != node) nodes_.DropAttr(node);
  return entry;
}

ErrnoOrOk FuseFileSystem::Unlink(const Caller& caller, NodeId parent, std::string_view name) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  std::optional<NodeTable::Name> victim = nodes_.Find(parent, name);
  Request request(FUSE_UNLINK, parent);
  request.AddName(name).Concerns(victim ? victim->node : 0);
  ErrnoOr<size_t> done = Ask(request, From(caller));
  if (victim && victim->node != 0) {
    nodes_.DropAttr(victim->node);
    nodes_.Release(victim->node, 1);
  }
  if (!done.ok()) return done.error();
  DirChanged(parent, name);
  return {};
}

ErrnoOrOk FuseFileSystem::RemoveDir(const Caller& caller, NodeId parent, std::string_view name) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  UMSDK_RETURN_IF_ERRNO(Ask(Request(FUSE_RMDIR, parent).AddName(name), From(caller)));
  DirChanged(parent, name);
  return {};
}

ErrnoOrOk FuseFileSystem::Rename(const Caller& caller, NodeId parent, std::string_view name,
                                 NodeId new_parent, std::string_view new_name, unsigned flags) {
  UMSDK_RETURN_IF_ERRNO(CheckAllowed(caller));
  UMSDK_ASSIGN_OR_ERRNO(Session agreed, session());
  std::optional<NodeTable::Name> moved = nodes_.Find(parent, name);
  std::optional<NodeTable::Name> covered = nodes_.Find(new_parent, new_name);
  fuse_rename_in in = {new_parent};
  fuse_rename2_in in2 = {new_parent, flags, 0};
  ErrnoOr<size_t> done(Errno(ENOSYS));
  Request request(flags == 0 ? FUSE_RENAME : FUSE_RENAME2, parent);
  request.Concerns(new_parent).Concerns(moved ? moved->node : 0).Concerns(covered ? covered->node : 0);
  if (flags == 0) {
    request.AddStruct(in);
  } else {
    request.AddStruct(in2);
  }
  if (flags == 0 || agreed.minor >= kFirstWithRename2)
    done = Ask(request.AddName(name).AddName(new_name), From(caller));
  for (const std::optional<NodeTable::Name>& node : {moved, covered}) {
    if (!node || node->node == 0) continue;
    nodes_.DropAttr(node->node);
    nodes_.Release(node->node, 1);
  }
  if (!done.ok()) return flags != 0 && done.error() == Errno(ENOSYS) ? Errno(EINVAL) : done.error();
  DirChanged(parent, name);
  DirChanged(new_parent, new_name);
  return {};
}

}  // namespace umsdk::umfuse
