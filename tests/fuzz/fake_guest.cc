#include "tests/fuzz/fake_guest.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace umsdk::fuzz {
namespace {

class FakeCall final : public TrappedCall {
 public:
  FakeCall(int64_t number, const std::array<uint64_t, 6>& args, FakeGuest& guest)
      : TrappedCall(static_cast<pid_t>(::syscall(SYS_gettid)), number, args), guest_(guest) {}

  size_t ReadMemory(uint64_t address, void* out, size_t size) override {
    std::span<char> there = At(address, size);
    if (!there.empty()) std::memcpy(out, there.data(), there.size());
    return there.size();
  }
  size_t WriteMemory(uint64_t address, const void* bytes, size_t size) override {
    std::span<char> there = At(address, size);
    if (!there.empty()) std::memcpy(there.data(), bytes, there.size());
    return there.size();
  }
  bool PokeMemory(uint64_t address, const void* bytes, size_t size) override {
    return WriteMemory(address, bytes, size) == size;
  }
  ErrnoOr<int> InstallFd(int fd, bool close_on_exec, int min_fd) override {
    int number = ::fcntl(fd, close_on_exec ? F_DUPFD_CLOEXEC : F_DUPFD, min_fd);
    if (number < 0) return LastErrno();
    guest_.fds().push_back(number);
    return number;
  }
  ErrnoOr<UniqueFd> TakeFd(int fd) override {
    if (!Owns(fd)) return Errno(EBADF);
    UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy.valid()) return LastErrno();
    return copy;
  }
  // Only what cannot leave the guest's own ground.
  ErrnoOrOk RunAsGuest(std::span<GuestCall> calls) override {
    for (GuestCall& call : calls) {
      int fd = static_cast<int>(call.args[0]);
      if (!Owns(fd)) return Errno(EPERM);
      if (call.number == SYS_fchdir) {
        call.result = ::fchdir(fd) == 0 ? 0 : -errno;
      } else if (call.number == SYS_close) {
        guest_.Close(fd);
        call.result = 0;
      } else {
        return Errno(EPERM);
      }
    }
    return {};
  }
  bool StillThere() override { return true; }
  bool Interrupted() override { return true; }  // so that nothing waits
  void WillBlock() override {}

 private:
  bool Owns(int fd) const { return std::ranges::find(guest_.fds(), fd) != guest_.fds().end(); }
  std::span<char> At(uint64_t address, size_t size) {
    uint64_t offset = address - guest_.AddressOf(0);
    if (offset >= FakeGuest::kMemory) return {};
    return guest_.memory().subspan(offset, std::min<uint64_t>(size, FakeGuest::kMemory - offset));
  }

  FakeGuest& guest_;
};

}  // namespace

FakeGuest::~FakeGuest() {
  for (int fd : fds_) ::close(fd);
}

std::optional<int64_t> FakeGuest::Make(int64_t number, const std::array<uint64_t, 6>& args) {
  FakeCall call(number, args, *this);
  Verdict verdict = handler_.Handle(call);
  if (verdict.is_continue()) return std::nullopt;
  return verdict.value();
}

uint64_t FakeGuest::Write(size_t offset, std::string_view text) {
  size_t room = std::min(text.size(), kMemory - offset - 1);
  std::memcpy(memory_.data() + offset, text.data(), room);
  memory_[offset + room] = '\0';
  return AddressOf(offset);
}

void FakeGuest::Close(int fd) {
  if (std::erase(fds_, fd) != 0) ::close(fd);
}

}  // namespace umsdk::fuzz
