#include "frontends/control/control.h"

#include <sys/prctl.h>

#include "umsdk/control.h"

namespace umsdk::frontends {
namespace {

ErrnoOrOk Control(ControlOperation operation, const void* argument) {
  int result = ::prctl(kControlOption, static_cast<unsigned long>(operation), argument, 0UL, 0UL);
  return result == 0 ? ErrnoOrOk() : LastErrno();
}

uint64_t Address(const std::string& text) {
  return text.empty() ? 0 : reinterpret_cast<uint64_t>(text.c_str());
}

}  // namespace

bool IsInsideView() { return Control(ControlOperation::kPing, nullptr).ok(); }

ErrnoOrOk MountInView(const MountArguments& mount) {
  ControlMount request = {.source = Address(mount.source),
                          .target = reinterpret_cast<uint64_t>(mount.target.c_str()),
                          .type = Address(mount.type),
                          .flags = mount.flags,
                          .options = Address(mount.options)};
  return Control(ControlOperation::kMount, &request);
}

ErrnoOrOk EnterSubView(const std::vector<ServiceArguments>& services, std::string& error) {
  std::vector<ControlService> wanted;
  for (const ServiceArguments& service : services) {
    wanted.push_back({reinterpret_cast<uint64_t>(service.name.c_str()),
                      reinterpret_cast<uint64_t>(service.arguments.c_str())});
  }
  char text[1024] = {};
  ControlSubView request = {.services = reinterpret_cast<uint64_t>(wanted.data()),
                            .count = wanted.size(),
                            .error = reinterpret_cast<uint64_t>(text),
                            .error_size = sizeof(text)};
  ErrnoOrOk result = Control(ControlOperation::kEnterSubView, &request);
  error = text;
  return result;
}

ErrnoOrOk LeaveSubView() { return Control(ControlOperation::kLeaveSubView, nullptr); }

ErrnoOr<UniqueFd> ConnectToSupervisor(std::string& error) {
  char text[1024] = {};
  ControlText why = {reinterpret_cast<uint64_t>(text), sizeof(text)};
  int fd = ::prctl(kControlOption, static_cast<unsigned long>(ControlOperation::kAdminister), &why, 0UL, 0UL);
  if (fd >= 0) return UniqueFd(fd);
  Errno refused = LastErrno();
  error = text;
  return refused;
}

ErrnoOrOk UnmountInView(const std::string& target, int flags) {
  ControlUnmount request = {.target = reinterpret_cast<uint64_t>(target.c_str()),
                            .flags = static_cast<uint64_t>(flags)};
  return Control(ControlOperation::kUnmount, &request);
}

}  // namespace umsdk::frontends
