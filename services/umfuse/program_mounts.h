// ProgramMounts: `mount -t umfuseNAME`: a mount whose daemon umfuse starts by itself.
#ifndef SERVICES_UMFUSE_PROGRAM_MOUNTS_H_
#define SERVICES_UMFUSE_PROGRAM_MOUNTS_H_

#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "sdk/base/errno.h"
#include "sdk/base/mutex.h"
#include "services/umfuse/fuse_file_system.h"
#include "services/umfuse/images_in_use.h"
#include "services/umfuse/program_options.h"
#include "services/umfuse/program_table.h"
#include "umsdk/service.h"

namespace umsdk::umfuse {

// A mount(2) of a guest's whose program is on its way. Thread-safe.
class ProgramMount {
 public:
  ProgramMount(std::string target, ProgramOptions options)
      : target_(std::move(target)), options_(std::move(options)) {}

  const std::string& target() const { return target_; }
  // What the guest's options change of those that the program gave to mount(2).
  void Adjust(FuseMountOptions& options) const;
  // The program has mounted.
  void Complete(Mounted mounted);
  // What it mounted; once.
  std::optional<Mounted> Take();
  void SetProcess(pid_t pid) { pid_ = pid; }
  pid_t process() const { return pid_; }

 private:
  const std::string target_;
  const ProgramOptions options_;
  std::atomic<pid_t> pid_{0};
  Mutex mutex_;
  std::optional<Mounted> mounted_ UMSDK_GUARDED_BY(mutex_);
};

// Thread-safe.
class ProgramMounts {
 public:
  // Starts the program for `request` and waits until it serves its mount or has ended. Lines for the owner
  // of the view go to `host`.
  ErrnoOr<Mounted> Mount(SyscallContext& ctx, ServiceHost& host, const MountRequest& request);
  // The mount that the process of `tid` was started for, if it mounts on `target`.
  std::shared_ptr<ProgramMount> Find(pid_t tid, const std::string& target);

 private:
  ErrnoOr<Mounted> Start(SyscallContext& ctx, ServiceHost& host, const MountRequest& request,
                         const Program& program, const ProgramOptions& options,
                         std::shared_ptr<ImagesInUse::Use> image);
  // `image`: may be null.
  ErrnoOr<Mounted> Await(SyscallContext& ctx, ServiceHost& host, const MountRequest& request,
                         const Program& program, const HelperCommand& command, ProgramMount& mount,
                         int output, std::shared_ptr<ImagesInUse::Use> image);

  ImagesInUse images_;
  Mutex mutex_;
  std::list<std::shared_ptr<ProgramMount>> pending_ UMSDK_GUARDED_BY(mutex_);
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROGRAM_MOUNTS_H_
