// Every handler of the view with arguments that nobody would pass. The input is a list of calls:
// which one, and where each of its arguments comes from; the guest's memory holds structures whose
// pointers are good and whose other fields are the input's.

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "sdk/core/routes.h"
#include "sdk/testing/scripted_engine.h"
#include "services/umdev/umdev_service.h"
#include "tests/fuzz/fake_guest.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/small_ram_service.h"
#include "umsdk/umsdk.h"

namespace umsdk::fuzz {
namespace {

constexpr int kMaxCalls = 40;
// Every host has it, and nothing that a guest could do there is done for real.
constexpr const char* kRoot = "/sys";

// Where things lie in the guest's memory.
enum Slot : size_t {
  kPath = 0,
  kOtherPath = 5000,
  kVectors = 10240,
  kAddress = 10752,
  kMessage = 11264,
  kHow = 11776,
  kArgv = 12288,
  kTimes = 12800,
  kOptions = 13312,
  kData = 16384
};

// Claims a path, so that OnOpen and BytesFile are met too.
class MotdService final : public Service {
 public:
  std::string_view name() const override { return "motd"; }
  Claims claims() const override { return Claim::Path("/etc/motd"); }
  SyscallResult OnOpen(SyscallContext& ctx, const OpenRequest&) override {
    return ctx.Install(std::make_unique<BytesFile>("hello\n"));
  }
};

std::string TakePath(FuzzInput& input) {
  static const std::string kNames[] = {kRoot,
                                       "/sys/kernel",
                                       "/etc/motd",
                                       "/proc/self/fd/3",
                                       "/proc/self/cwd",
                                       "/proc/self/mounts",
                                       "a",
                                       "b",
                                       "/",
                                       "..",
                                       ".",
                                       "",
                                       std::string(256, 'x'),
                                       std::string(4200, '/'),
                                       "/sys/a",
                                       "/sys/d"};
  std::string path = input.OneOf(kNames);
  for (size_t more = input.Below(4); more > 0; --more) path += "/" + input.OneOf(kNames);
  return path;
}

template <typename T>
void Place(FakeGuest& guest, Slot slot, const T& value) {
  std::memcpy(guest.memory().data() + slot, &value, sizeof(value));
}

uint64_t TakeSize(FuzzInput& input) {
  static const uint64_t kSizes[] = {0,   1,    16,   24,      100,        110,
                                    255, 4096, 5000, 1 << 20, 0x7fffffff, ~uint64_t{0}};
  return input.OneOf(kSizes);
}

// Good pointers, odd everything else.
void FillStructures(FakeGuest& guest, FuzzInput& input) {
  guest.Write(kPath, TakePath(input));
  guest.Write(kOtherPath, TakePath(input));
  std::array<iovec, 4> vectors;
  for (iovec& vector : vectors) {
    vector.iov_base = guest.memory().data() + kData + input.Value<uint16_t>() % 32768;
    vector.iov_len = TakeSize(input);
  }
  Place(guest, kVectors, vectors);
  sockaddr_un address = {};
  address.sun_family = static_cast<sa_family_t>(input.Below(4) == 0 ? input.Byte() : AF_UNIX);
  std::strncpy(address.sun_path, guest.memory().data() + kPath, sizeof(address.sun_path) - 1);
  Place(guest, kAddress, address);
  msghdr message = {};
  message.msg_name = guest.memory().data() + kAddress;
  message.msg_namelen = static_cast<socklen_t>(TakeSize(input));
  message.msg_iov = reinterpret_cast<iovec*>(guest.memory().data() + kVectors);
  message.msg_iovlen = input.Byte();
  message.msg_control = guest.memory().data() + kData;
  message.msg_controllen = TakeSize(input);
  Place(guest, kMessage, message);
  Place(guest, kHow, open_how{input.Value<uint32_t>(), input.Value<uint16_t>(), input.Byte()});
  std::array<uint64_t, 4> argv = {guest.AddressOf(kPath), guest.AddressOf(kOptions), input.Below(2),
                                  0};
  Place(guest, kArgv, argv);
  std::array<timespec, 2> times = {timespec{input.Byte(), input.Value<int32_t>()},
                                   timespec{input.Byte(), input.Value<int32_t>()}};
  Place(guest, kTimes, times);
}

uint64_t TakeArgument(FakeGuest& guest, FuzzInput& input) {
  static const Slot kSlots[] = {kPath, kOtherPath, kVectors, kAddress, kMessage, kHow,
                                kArgv, kTimes,     kOptions, kData,    kPath,    kOtherPath};
  switch (input.Below(10)) {
    case 0:
      return input.Below(32);
    case 1:
    case 2:
      return static_cast<uint64_t>(guest.fds()[input.Below(guest.fds().size())]);
    case 3:
    case 4:
      return guest.AddressOf(input.OneOf(kSlots));
    case 5:
      return guest.AddressOf(FakeGuest::kMemory - input.Byte());
    case 6:
      return static_cast<uint64_t>(int64_t{AT_FDCWD});
    case 7:
      return uint64_t{1} << input.Below(64);
    case 8:
      return TakeSize(input);
    default:
      return input.Value<uint64_t>();
  }
}

bool TakesVectors(int64_t number) {
  static constexpr int64_t kNumbers[] = {SYS_readv,   SYS_writev,  SYS_preadv,
                                         SYS_pwritev, SYS_preadv2, SYS_pwritev2};
  return std::ranges::find(kNumbers, number) != std::end(kNumbers);
}

// A call with vectors does something only if three arguments fit together: half of them do.
std::array<uint64_t, 6> TakeArguments(int64_t number, FakeGuest& guest, FuzzInput& input) {
  std::array<uint64_t, 6> args = {};
  if (TakesVectors(number) && input.Below(2) == 0) {
    args = {static_cast<uint64_t>(guest.fds()[input.Below(guest.fds().size())]),
            guest.AddressOf(kVectors), input.Below(8), input.Byte(), 0, 0};
  } else {
    for (uint64_t& argument : args) argument = TakeArgument(guest, input);
  }
  return args;
}

// Small values are numbers themselves, so that the calls of the corpus stay what they are when routes are
// added; the others mostly hit a call that has a handler.
int64_t TakeNumber(FuzzInput& input) {
  constexpr size_t kNumbers = 512;
  const size_t value = input.Value<uint16_t>();
  if (value < kNumbers) return static_cast<int64_t>(value);
  std::span<const Route> routes = AllRoutes();
  size_t at = value % (routes.size() + 1);
  return at < routes.size() ? routes[at].number : input.Value<int16_t>();
}

uint64_t Plain(int64_t value) { return static_cast<uint64_t>(value); }

// Something to work on: a RamFs with a file, a directory and a link, a device, real descriptors.
void Prepare(FakeGuest& guest) {
  auto mount = [&](const char* type, const char* target) {
    uint64_t text = guest.Write(kOtherPath, type);
    guest.Make(SYS_mount, {text, guest.Write(kPath, target), text, 0, 0, 0});
  };
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets) != 0)
    std::abort();
  guest.fds() = {-1, sockets[0], sockets[1], ::memfd_create("real", MFD_CLOEXEC),
                 ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  mount("umramfs", kRoot);
  guest.Make(SYS_mkdir, {guest.Write(kPath, "/sys/a"), 0755, 0, 0, 0, 0});
  guest.Make(SYS_symlink, {guest.Write(kOtherPath, "a"), guest.Write(kPath, "/sys/b"), 0, 0, 0, 0});
  mount("umdevtrivhd", "/sys/d");
  for (const char* path : {"/sys/a/a", "/sys/a", "/sys/d", "/etc/motd"}) {
    for (int flags : {O_RDWR | O_CREAT, O_RDONLY}) {
      auto fd = guest.Make(SYS_open, {guest.Write(kPath, path), Plain(flags), 0777, 0, 0, 0});
      if (fd.value_or(-1) >= 0) break;
    }
  }
  uint64_t file = Plain(guest.fds().size() > 5 ? guest.fds()[5] : -1);
  guest.Make(SYS_write, {file, guest.Write(kData, "#!/sys/a/a -x\n"), 4000, 0, 0, 0});
}

void RunCalls(FakeGuest& guest, FuzzInput input) {
  Prepare(guest);
  for (int i = 0; i < kMaxCalls && !input.empty(); ++i) {
    int64_t number = TakeNumber(input);
    FillStructures(guest, input);
    guest.Make(number, TakeArguments(number, guest, input));
  }
}

}  // namespace
}  // namespace umsdk::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace umsdk;
  auto script = [&](testing::ScriptedGuest& scripted) {
    fuzz::FakeGuest guest(scripted.handler());
    fuzz::RunCalls(guest, fuzz::FuzzInput(data, size));
    return ::chdir("/");
  };
  auto supervisor = Supervisor::Builder()
                        .WithEngine(std::make_unique<testing::ScriptedEngine>(script))
                        .OnEvent([](const std::string&) {})
                        .OnTrace([](const TraceLine&) {}, true)
                        .AddService(fuzz::SmallRamService())
                        .AddService(CreateUmdevService(""))
                        .AddService(std::make_unique<fuzz::MotdService>())
                        .Build();
  if (!supervisor.ok() || !supervisor->Run(Command("script")).ok()) std::abort();
  return 0;
}
