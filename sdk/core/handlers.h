// The handlers: one function a system call, by family; dispatch.cc has the table. Each decodes its
// arguments, walks its paths, and answers or lets the kernel go on.
#ifndef SDK_CORE_HANDLERS_H_
#define SDK_CORE_HANDLERS_H_

#include "sdk/core/call.h"

namespace umsdk {

// handlers_open.cc
Verdict HandleOpen(Call& call);
Verdict HandleCreat(Call& call);
Verdict HandleOpenat(Call& call);
Verdict HandleOpenat2(Call& call);
// handlers_stat.cc
Verdict HandleStat(Call& call);
Verdict HandleLstat(Call& call);
Verdict HandleFstat(Call& call);
Verdict HandleNewfstatat(Call& call);
Verdict HandleStatx(Call& call);
Verdict HandleAccess(Call& call);
Verdict HandleFaccessat(Call& call);
Verdict HandleFaccessat2(Call& call);
Verdict HandleReadlink(Call& call);
Verdict HandleReadlinkat(Call& call);
Verdict HandleStatfs(Call& call);
Verdict HandleFstatfs(Call& call);
// handlers_names.cc
Verdict HandleMkdir(Call& call);
Verdict HandleMkdirat(Call& call);
Verdict HandleMknod(Call& call);
Verdict HandleMknodat(Call& call);
Verdict HandleUnlink(Call& call);
Verdict HandleRmdir(Call& call);
Verdict HandleUnlinkat(Call& call);
Verdict HandleSymlink(Call& call);
Verdict HandleSymlinkat(Call& call);
// handlers_rename.cc
Verdict HandleRename(Call& call);
Verdict HandleRenameat(Call& call);
Verdict HandleRenameat2(Call& call);
Verdict HandleLink(Call& call);
Verdict HandleLinkat(Call& call);
// handlers_attr.cc
Verdict HandleChmod(Call& call);
Verdict HandleFchmod(Call& call);
Verdict HandleFchmodat(Call& call);
Verdict HandleFchmodat2(Call& call);
Verdict HandleChown(Call& call);
Verdict HandleLchown(Call& call);
Verdict HandleFchown(Call& call);
Verdict HandleFchownat(Call& call);
Verdict HandleUtime(Call& call);
Verdict HandleUtimes(Call& call);
Verdict HandleFutimesat(Call& call);
Verdict HandleUtimensat(Call& call);
Verdict HandleTruncate(Call& call);
// handlers_xattr.cc: the twelve classic calls
Verdict HandleXattr(Call& call);
// handlers_dir.cc
Verdict HandleGetdents(Call& call);
Verdict HandleGetdents64(Call& call);
Verdict HandleChdir(Call& call);
Verdict HandleFchdir(Call& call);
Verdict HandleGetcwd(Call& call);
// handlers_data.cc
Verdict HandleRead(Call& call);
Verdict HandlePread(Call& call);
Verdict HandleReadv(Call& call);
Verdict HandlePreadv(Call& call);
Verdict HandleWrite(Call& call);
Verdict HandlePwrite(Call& call);
Verdict HandleWritev(Call& call);
Verdict HandlePwritev(Call& call);
// handlers_file.cc
Verdict HandleLseek(Call& call);
Verdict HandleFtruncate(Call& call);
Verdict HandleFallocate(Call& call);
Verdict HandleFsync(Call& call);
Verdict HandleSync(Call& call);
Verdict HandleSyncfs(Call& call);
Verdict HandleMmap(Call& call);
Verdict HandleMsync(Call& call);
// handlers_ioctl.cc
Verdict HandleIoctl(Call& call);
// handlers_lock.cc
Verdict HandleFcntl(Call& call);
Verdict HandleFlock(Call& call);
// handlers_copy.cc
Verdict HandleSendfile(Call& call);
Verdict HandleCopyFileRange(Call& call);
Verdict HandleSplice(Call& call);
// handlers_mount.cc
Verdict HandleMount(Call& call);
Verdict HandleUmount2(Call& call);
// handlers_exec.cc
Verdict HandleExecve(Call& call);
Verdict HandleExecveat(Call& call);
// handlers_process.cc
Verdict HandlePrctl(Call& call);
Verdict HandleGetuid(Call& call);
// handlers_root.cc
Verdict HandleChroot(Call& call);
Verdict HandlePivotRoot(Call& call);
Verdict HandleNewRoot(Call& call);
Verdict HandleUnshare(Call& call);
Verdict HandleSetns(Call& call);
Verdict HandleNewIdentity(Call& call);
Verdict HandleClone3(Call& call);
// handlers_socket.cc
Verdict HandleSocket(Call& call);
Verdict HandleBind(Call& call);
Verdict HandleConnect(Call& call);
Verdict HandleGetsockopt(Call& call);
// handlers_message.cc
Verdict HandleSendto(Call& call);
Verdict HandleSendmsg(Call& call);
Verdict HandleSendmmsg(Call& call);
// handlers_inotify.cc
Verdict HandleInotifyAddWatch(Call& call);

}  // namespace umsdk

#endif  // SDK_CORE_HANDLERS_H_
