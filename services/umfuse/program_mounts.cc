#include "services/umfuse/program_mounts.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/umfuse/process_tree.h"
#include "services/umfuse/program_table.h"
#include "umsdk/waiting.h"

namespace umsdk::umfuse {
namespace {

constexpr std::string_view kPrefix = "umfuse";
constexpr int kTickMs = 20;
using Clock = std::chrono::steady_clock;
// A program whose mount has failed ends by itself, and says why.
constexpr std::chrono::seconds kEndAfterFailure(2);

// Waits no longer once a signal wants to be delivered.
class UntilASignal final : public Waiting {
 public:
  explicit UntilASignal(Waiting* outer) : outer_(outer) {}
  void WillBlock() override { outer_->WillBlock(); }
  bool Interrupted() override { return false; }
  bool Killed() override { return outer_->Killed() || outer_->Interrupted(); }
  std::chrono::steady_clock::time_point GiveUpAt() const override { return outer_->GiveUpAt(); }
  const Caller& caller() override { return outer_->caller(); }

 private:
  Waiting* const outer_;
};

// Programs mount first and find out then that an option is wrong.
ErrnoOrOk AwaitStart(FuseFileSystem& fs) {
  Waiting* outer = Waiting::Current();
  if (outer == nullptr) return fs.AwaitStart();
  UntilASignal waiting(outer);
  WaitingScope scope(&waiting);
  return fs.AwaitStart();
}

// A shell's exit code for a program that it cannot find, or find only in a directory that it may
// not use.
bool NotFound(int status) {
  return WIFEXITED(status) && (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127);
}

// What the program said, for the message: the last lines of it.
std::string Said(int output) {
  constexpr off_t kMost = 1000;
  off_t size = ::lseek(output, 0, SEEK_END);
  off_t from = size > kMost ? size - kMost : 0;
  std::string text(static_cast<size_t>(std::max<off_t>(size - from, 0)), '\0');
  ssize_t count = ::pread(output, text.data(), text.size(), from);
  text.resize(count > 0 ? static_cast<size_t>(count) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return absl::StrReplaceAll(text, {{"\n", "; "}});
}

void ReportEnd(ServiceHost& host, const std::string& type, const Program& program,
               const std::string& command, int status, int output) {
  bool missing = NotFound(status);
  std::string hint =
      missing && program.package != "-"
          ? absl::StrCat(": not installed? It is in Debian's package ", program.package)
          : "";
  std::string end = WIFEXITED(status) ? absl::StrCat("exit code ", WEXITSTATUS(status))
                                      : absl::StrCat("signal ", WTERMSIG(status));
  std::string said = Said(output);
  host.Report(absl::StrCat(type, ": ", command, " did not mount (", end, ")", hint,
                           said.empty() ? "" : ": ", said));
}

std::string MountFlags(unsigned long flags) {
  std::string text;
  const std::pair<unsigned long, const char*> names[] = {
      {MS_RDONLY, "ro"},     {MS_NOSUID, "nosuid"},   {MS_NODEV, "nodev"},
      {MS_NOEXEC, "noexec"}, {MS_NOATIME, "noatime"}, {MS_SYNCHRONOUS, "sync"}};
  for (const auto& [flag, name] : names) {
    if ((flags & flag) != 0) text += (text.empty() ? "" : ",") + std::string(name);
  }
  return text;
}

}  // namespace

// ---- ProgramMount ----

void ProgramMount::Adjust(FuseMountOptions& options) const {
  options.allow_other = true;
  options.debug = options_.debug;
  options.as_uid = options_.uid;
  options.as_gid = options_.gid;
}

void ProgramMount::Complete(Mounted mounted) {
  MutexLock lock(mutex_);
  mounted.traits.check_permissions = options_.human;
  mounted.traits.read_only = mounted.traits.read_only || options_.read_only;
  mounted.traits.real_parts = options_.except;
  mounted.traits.see_through = options_.merge;
  mounted_ = std::move(mounted);
}

std::optional<Mounted> ProgramMount::Take() {
  MutexLock lock(mutex_);
  return std::exchange(mounted_, std::nullopt);
}

// ---- ProgramMounts ----

std::shared_ptr<ProgramMount> ProgramMounts::Find(pid_t tid, const std::string& target) {
  std::list<std::shared_ptr<ProgramMount>> pending;
  {
    MutexLock lock(mutex_);
    pending = pending_;
  }
  for (const std::shared_ptr<ProgramMount>& mount : pending) {
    if (mount->target() == target && (mount->process() == 0 || IsWithin(tid, mount->process())))
      return mount;
  }
  return nullptr;
}

ErrnoOr<Mounted> ProgramMounts::Mount(SyscallContext& ctx, ServiceHost& host,
                                      const MountRequest& request) {
  std::string name = request.type.substr(kPrefix.size());
  std::optional<Program> program = FindProgram(name);
  if (!program) program = FindModuleProgram(name);
  absl::StatusOr<ProgramOptions> options =
      ParseProgramOptions(request.options, program && program->ids);
  if (!options.ok()) {
    host.Report(absl::StrCat(request.type, ": ", std::string(options.status().message())));
    return Errno(EINVAL);
  }
  if (!program && !options->format.empty()) program.emplace(), program->package = "-";
  if (!program) {
    host.Report(
        absl::StrCat(request.type, ": no program is known for \"", name,
                     "\"; name one with -o format='PROGRAM -f -o %O %S %M' or in umfuse.conf"));
    return Errno(ENODEV);
  }
  options->read_only = options->read_only || (request.flags & MS_RDONLY) != 0;
  if (program->read_only && !options->write && !options->read_only) {
    host.Report(absl::StrCat(request.type, ": mounting ", request.source,
                             " read-only; use the option rw+ to enable writing"));
    options->read_only = true;
  }
  std::shared_ptr<ImagesInUse::Use> image;
  if (program->read_only) image = images_.TryUse(request.source, !options->read_only);
  if (program->read_only && image == nullptr) {
    host.Report(absl::StrCat(request.type, ": ", request.source, " is mounted already, and one of the two would write"));
    return Errno(EBUSY);
  }
  std::string flags = MountFlags(request.flags & ~static_cast<unsigned long>(MS_RDONLY));
  if (!flags.empty()) options->rest.insert(options->rest.begin(), flags);
  if (options->human) host.Report("UmFUSE Human mode");
  return Start(ctx, host, request, *program, *options, std::move(image));
}

ErrnoOr<Mounted> ProgramMounts::Start(SyscallContext& ctx, ServiceHost& host,
                                      const MountRequest& request, const Program& program,
                                      const ProgramOptions& options,
                                      std::shared_ptr<ImagesInUse::Use> image) {
  HelperCommand command;
  command.argv = CommandLine(program, options, request.source, request.target);
  if (options.show_call) {
    std::string text = "FUSE call:";
    for (size_t i = 0; i < command.argv.size(); ++i)
      absl::StrAppend(&text, "\nargv ", i, " = ", command.argv[i]);
    host.Report(text);
  }
  UniqueFd output(::memfd_create("output", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  command.output = options.fs_debug ? STDERR_FILENO : output.get();
  auto mount = std::make_shared<ProgramMount>(request.target, options);
  {
    MutexLock lock(mutex_);
    pending_.push_back(mount);
  }
  ErrnoOr<Mounted> result =
      Await(ctx, host, request, program, command, *mount, output.get(), std::move(image));
  MutexLock lock(mutex_);
  pending_.remove(mount);
  return result;
}

ErrnoOr<Mounted> ProgramMounts::Await(SyscallContext& ctx, ServiceHost& host,
                                      const MountRequest& request, const Program& program,
                                      const HelperCommand& command, ProgramMount& mount,
                                      int output, std::shared_ptr<ImagesInUse::Use> image) {
  ctx.WillBlock();
  absl::StatusOr<std::unique_ptr<Helper>> spawned = ctx.Spawn(command);
  if (!spawned.ok()) {
    host.Report(absl::StrCat(request.type, ": ", spawned.status().ToString()));
    return Errno(EIO);
  }
  std::shared_ptr<Helper> helper = *std::move(spawned);
  if (image != nullptr) helper = images_.Bind(std::move(image), std::move(helper));
  mount.SetProcess(helper->pid());
  std::optional<Clock::time_point> give_up;  // it has mounted, but serves nothing
  while (true) {
    if (std::optional<Mounted> mounted = mount.Take()) {
      auto& fs = static_cast<FuseFileSystem&>(*mounted->file_system);
      ErrnoOrOk started = AwaitStart(fs);
      if (started.ok()) {
        // Nobody reads what it says from now on.
        ::fcntl(output, F_ADD_SEALS, F_SEAL_GROW);
        fs.Keep(helper);
        return *std::move(mounted);
      }
      if (started.error() == Errno(EINTR)) return started.error();
      give_up = Clock::now() + kEndAfterFailure;
    }
    if (std::optional<int> status = helper->status()) {
      ReportEnd(host, request.type, program, command.argv[0], *status, output);
      return Errno(NotFound(*status) ? ENODEV : EIO);
    }
    if (ctx.Interrupted()) return Errno(EINTR);
    if (give_up.has_value() && Clock::now() >= *give_up) {
      host.Report(absl::StrCat(request.type, ": ", command.argv[0], " serves no FUSE that is understood here"));
      return Errno(EIO);
    }
    pollfd end{helper->end_fd(), POLLIN, 0};
    ::poll(&end, 1, kTickMs);
  }
}

}  // namespace umsdk::umfuse
