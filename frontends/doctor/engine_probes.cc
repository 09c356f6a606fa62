#include "frontends/doctor/engine_probes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "umsdk/supervisor.h"

namespace umsdk::frontends {
namespace {

constexpr int kPatienceSeconds = 15;

std::string Self() {
  char path[4096];
  ssize_t size = ::readlink("/proc/self/exe", path, sizeof(path));
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : "/bin/true";
}

TrialResult Refused(const absl::Status& status) { return {EPERM, std::string(status.message())}; }

// Runs one program in a view; the engine's name goes to `out`.
TrialResult RunView(EngineKind kind, int out) {
  std::string events;
  auto supervisor = Supervisor::Builder()
                        .WithEngine(kind)
                        .OnEvent([&events](const std::string& line) { events += "; " + line; })
                        .Build();
  if (!supervisor.ok()) return Refused(supervisor.status());
  absl::StatusOr<ExitStatus> exit = supervisor->Run(Command(Self()).Arg(kDoNothing));
  if (!exit.ok()) return Refused(exit.status());
  if (exit->code != 0) {
    return {EIO, "a program that does nothing ended with " + std::to_string(exit->code) + events};
  }
  std::string name = supervisor->engine_name();
  [[maybe_unused]] ssize_t count = ::write(out, name.data(), name.size());
  return {};
}

TrialResult TryEngine(EngineKind kind, std::string& name) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return Failed("pipe2");
  UniqueFd in(ends[0]), out(ends[1]);
  TrialResult result = TryInChild([&] { return RunView(kind, out.get()); }, kPatienceSeconds);
  char text[64];
  ssize_t count = ::read(in.get(), text, sizeof(text));
  name = count > 0 ? std::string(text, static_cast<size_t>(count)) : "";
  return result;
}

Finding AskEngine(EngineKind kind) {
  std::string name;
  TrialResult result = TryEngine(kind, name);
  if (result.ok()) return {true, 0, "a program ran in a view", ""};
  return {false, 0, result.step, "see the answers above"};
}

Finding AskNotifyEngine(const Host&) { return AskEngine(EngineKind::kNotify); }
Finding AskPtraceEngine(const Host&) { return AskEngine(EngineKind::kPtrace); }

constexpr Probe kProbes[] = {
    {"engine_notify", "umview --engine=notify runs a program", &AskNotifyEngine},
    {"engine_ptrace", "umview --engine=ptrace runs a program", &AskPtraceEngine},
};

}  // namespace

std::span<const Probe> EngineProbes() { return kProbes; }

TrialResult FindAutoEngine(std::string& engine) { return TryEngine(EngineKind::kAuto, engine); }

}  // namespace umsdk::frontends
