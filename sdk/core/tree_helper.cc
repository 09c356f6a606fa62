#include "sdk/core/tree_helper.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "sdk/base/mutex.h"
#include "sdk/core/working_dirs.h"

namespace umsdk {
namespace {

constexpr std::chrono::milliseconds kGrace(2000);  // from SIGTERM to SIGKILL

class TreeHelper final : public Helper {
 public:
  explicit TreeHelper(std::unique_ptr<GuestTree> tree) : tree_(std::move(tree)) {}
  ~TreeHelper() override { tree_->Terminate(kGrace, false); }
  pid_t pid() const override { return tree_->pid(); }
  int end_fd() const override { return tree_->event_fd(); }
  std::optional<int> status() override {
    MutexLock lock(mutex_);
    pollfd event{tree_->event_fd(), POLLIN, 0};
    while (!status_.has_value() && ::poll(&event, 1, 0) > 0) {
      GuestEvent what = tree_->WaitEvent();
      constexpr int kNotExecuted = 127 << 8;
      if (what.kind == GuestEvent::Kind::kExited)
        status_ = what.exec_errno != 0 ? kNotExecuted : what.wait_status;
      if (what.kind == GuestEvent::Kind::kLost) status_ = 9;  // SIGKILL
    }
    return status_;
  }

 private:
  const std::unique_ptr<GuestTree> tree_;
  Mutex mutex_;
  std::optional<int> status_ UMSDK_GUARDED_BY(mutex_);
};

std::string ReadWhole(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  ssize_t size;
  while (file.valid() && (size = ::read(file.get(), buffer, sizeof(buffer))) > 0)
    text.append(buffer, static_cast<size_t>(size));
  return text;
}

std::vector<std::string> EnvironmentOf(pid_t tid) {
  std::vector<std::string> variables;
  std::string text = ReadWhole("/proc/" + std::to_string(tid) + "/environ");
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\0', at), text.size());
    if (end > at) variables.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return variables;
}

std::string WorkingDirOf(Call& call) {
  if (std::shared_ptr<OpenObject> object = ObjectAt(call.view(), call.ProcPath("cwd")))
    return object->path();
  return ReadProcLink(call.ProcPath("cwd"));
}

// The shell's commands for it.
std::string FdLimitOf(pid_t tid) {
  rlimit limit;
  if (::prlimit(tid, RLIMIT_NOFILE, nullptr, &limit) != 0) return "";
  auto text = [](rlim_t value) {
    return value == RLIM_INFINITY ? std::string("unlimited") : std::to_string(value);
  };
  return "ulimit -S -n " + text(limit.rlim_cur) + "; ulimit -H -n " + text(limit.rlim_max) + "; ";
}

// Only a supervisor that is root has guests that are somebody else.
void AddIdentity(const Caller& caller, std::vector<std::string>& argv) {
  if (::geteuid() != 0 || caller.uid == 0) return;
  argv.insert(argv.end(), {"/usr/bin/setpriv", "--reuid=" + std::to_string(caller.uid),
                           "--regid=" + std::to_string(caller.gid)});
  std::string groups;
  for (gid_t group : caller.groups) groups += (groups.empty() ? "" : ",") + std::to_string(group);
  argv.push_back(groups.empty() ? "--clear-groups" : "--groups=" + groups);
  argv.push_back("--");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Helper>> SpawnHelper(Call& call, const HelperCommand& command) {
  if (command.argv.empty() || !call.view().launcher())
    return absl::FailedPreconditionError("helper: nothing to start with");
  UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  LaunchSpec spec;
  AddIdentity(call.caller(), spec.argv);
  // The working directory may be virtual: the helper enters it itself, as a guest.
  // And it has the guest's limit of descriptors: ours is a raised one.
  spec.argv.insert(spec.argv.end(), {"/bin/sh", "-c",
                                     FdLimitOf(call.tid()) + "cd -- \"$1\" && shift && exec \"$@\"",
                                     "sh", WorkingDirOf(call)});
  spec.argv.insert(spec.argv.end(), command.argv.begin(), command.argv.end());
  spec.candidates = {spec.argv[0]};
  spec.env = EnvironmentOf(call.tid());
  spec.env.insert(spec.env.end(), command.env.begin(), command.env.end());
  spec.cwd = "/";
  spec.stdio[0] = null.get();
  spec.stdio[1] = spec.stdio[2] = command.output >= 0 ? command.output : null.get();
  spec.process_group = 0;  // the terminal's Ctrl-C is not for it
  spec.background = true;
  absl::StatusOr<std::unique_ptr<GuestTree>> tree = call.view().launcher()(spec);
  if (!tree.ok()) return tree.status();
  return std::unique_ptr<Helper>(std::make_unique<TreeHelper>(*std::move(tree)));
}

}  // namespace umsdk
