#include "services/umdev/tap_device.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "services/umdev/vde_link.h"

namespace umsdk::umdev {
namespace {

// A cable whose other end is a socket of the test.
class FakeLink final : public EthernetLink {
 public:
  explicit FakeLink(int socket) : socket_(::dup(socket)) {}
  int data_fd() const override { return socket_.get(); }
  int end_fd() const override { return -1; }
  void Send(std::span<const char> frame) override {
    ASSERT_EQ(::send(socket_.get(), frame.data(), frame.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(frame.size()));
  }
  ssize_t Receive(std::span<char> frame) override {
    return ::recv(socket_.get(), frame.data(), frame.size(), MSG_DONTWAIT);
  }

 private:
  UniqueFd socket_;
};

// The argument of an ioctl: an ifreq, or an int.
class Argument final : public IoctlMemory {
 public:
  Argument() = default;
  Argument(const char* name, int flags) {
    std::strncpy(request.ifr_name, name, IFNAMSIZ);
    request.ifr_flags = static_cast<short>(flags);
  }
  ErrnoOrOk Read(uint64_t address, std::span<char> out) override {
    if (address != kAddress || out.size() > sizeof(request)) return Errno(EFAULT);
    std::memcpy(out.data(), &request, out.size());
    return {};
  }
  ErrnoOrOk Write(uint64_t address, std::span<const char> bytes) override {
    if (address != kAddress || bytes.size() > sizeof(request)) return Errno(EFAULT);
    std::memcpy(&request, bytes.data(), bytes.size());
    return {};
  }
  static constexpr uint64_t kAddress = 0x1000;
  ifreq request = {};
};

class TapDeviceTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    cable_.Reset(ends[0]);
    far_.Reset(ends[1]);
  }

  NativeOpen Open() {
    ErrnoOr<NativeOpen> open = device_.OpenNative({{}, O_RDWR});
    EXPECT_TRUE(open.ok());
    return *std::move(open);
  }
  static Errno Ioctl(const NativeOpen& open, uint64_t request, Argument& argument,
                     uint64_t address = Argument::kAddress) {
    return open.file->Ioctl({}, request, address, argument).error();
  }
  static Errno Attach(const NativeOpen& open, const char* name, int flags = IFF_TAP | IFF_NO_PI) {
    Argument argument(name, flags);
    return Ioctl(open, TUNSETIFF, argument);
  }
  static std::string Receive(int fd) {
    char buffer[2000];
    const ssize_t size = ::recv(fd, buffer, sizeof(buffer), 0);
    return size < 0 ? "nothing" : std::string(buffer, static_cast<size_t>(size));
  }

  UniqueFd cable_, far_;
  const std::string frame_ = std::string(12, 'a') + "\x88\xb5" + "payload";
  TapDevice device_{{.mode = 0600},
                    [this]() -> ErrnoOr<std::unique_ptr<EthernetLink>> {
                      return std::unique_ptr<EthernetLink>(std::make_unique<FakeLink>(cable_.get()));
                    },
                    [](const std::string&) {}};
};

TEST_F(TapDeviceTest, IsNoInterfaceBeforeItIsAsked) {
  NativeOpen open = Open();
  EXPECT_EQ(open.file->BeforeRead().error(), Errno(EBADFD));
  EXPECT_EQ(open.file->BeforeWrite(60).error(), Errno(EBADFD));
  Argument argument;
  EXPECT_EQ(Ioctl(open, TUNGETIFF, argument), Errno(EBADFD));
  EXPECT_EQ(Ioctl(open, TUNSETIFF, argument, 1), Errno(EFAULT));
  EXPECT_EQ(Attach(open, ""), Errno(0));
  EXPECT_TRUE(open.file->BeforeRead().ok());
  EXPECT_EQ(Attach(open, ""), Errno(EEXIST));
}

TEST_F(TapDeviceTest, CarriesFrames) {
  NativeOpen open = Open();
  ASSERT_EQ(Attach(open, ""), Errno(0));
  ASSERT_EQ(::write(open.fd.get(), frame_.data(), frame_.size()), static_cast<ssize_t>(frame_.size()));
  EXPECT_EQ(Receive(far_.get()), frame_);
  ASSERT_GT(::send(far_.get(), frame_.data(), frame_.size(), 0), 0);
  EXPECT_EQ(Receive(open.fd.get()), frame_);
}

TEST_F(TapDeviceTest, PacketInformationIsTheGuestsOnly) {
  NativeOpen open = Open();
  ASSERT_EQ(Attach(open, "", IFF_TAP), Errno(0));
  const std::string info("\0\0\x88\xb5", 4);
  const std::string sent = info + frame_;
  ASSERT_EQ(::write(open.fd.get(), sent.data(), sent.size()), static_cast<ssize_t>(sent.size()));
  EXPECT_EQ(Receive(far_.get()), frame_);
  ASSERT_GT(::send(far_.get(), frame_.data(), frame_.size(), 0), 0);
  EXPECT_EQ(Receive(open.fd.get()), info + frame_);
}

TEST_F(TapDeviceTest, WhatIsNoFrameIsRefused) {
  NativeOpen plain = Open(), with_info = Open();
  ASSERT_EQ(Attach(plain, ""), Errno(0));
  ASSERT_EQ(Attach(with_info, "", IFF_TAP), Errno(0));
  EXPECT_EQ(plain.file->BeforeWrite(0).error(), Errno(EINVAL));
  EXPECT_EQ(plain.file->BeforeWrite(13).error(), Errno(EINVAL));
  EXPECT_TRUE(plain.file->BeforeWrite(14).ok());
  EXPECT_EQ(with_info.file->BeforeWrite(17).error(), Errno(EINVAL));
  EXPECT_TRUE(with_info.file->BeforeWrite(18).ok());
}

// By sendfile or another way that nobody looks at.
TEST_F(TapDeviceTest, WhatIsNoFrameGoesNowhere) {
  NativeOpen open = Open();
  ASSERT_EQ(Attach(open, ""), Errno(0));
  ASSERT_EQ(::write(open.fd.get(), "short", 5), 5);
  ASSERT_EQ(::write(open.fd.get(), "", 0), 0);
  ASSERT_EQ(::write(open.fd.get(), frame_.data(), frame_.size()), static_cast<ssize_t>(frame_.size()));
  EXPECT_EQ(Receive(far_.get()), frame_);
}

TEST_F(TapDeviceTest, WhatWasWrittenBeforeTheCloseArrives) {
  NativeOpen open = Open();
  ASSERT_EQ(Attach(open, ""), Errno(0));
  constexpr int kFrames = 100;
  for (int i = 0; i < kFrames; ++i) ASSERT_GT(::write(open.fd.get(), frame_.data(), frame_.size()), 0);
  open.fd.Reset();
  for (int i = 0; i < kFrames; ++i) ASSERT_EQ(Receive(far_.get()), frame_) << i;
  EXPECT_TRUE(open.file->Closed());
}

TEST_F(TapDeviceTest, NamesAreTakenUntilTheClose) {
  NativeOpen first = Open(), second = Open(), third = Open();
  EXPECT_EQ(Attach(first, "vpn"), Errno(0));
  EXPECT_EQ(Attach(second, "vpn"), Errno(EBUSY));
  Argument pattern("t%d", IFF_TAP);
  EXPECT_EQ(Ioctl(second, TUNSETIFF, pattern), Errno(0));
  EXPECT_STREQ(pattern.request.ifr_name, "t0");
  first.fd.Reset();
  EXPECT_EQ(Attach(third, "vpn"), Errno(0));
  Argument shown;
  EXPECT_EQ(Ioctl(third, TUNGETIFF, shown), Errno(0));
  EXPECT_STREQ(shown.request.ifr_name, "vpn");
  EXPECT_EQ(shown.request.ifr_flags, IFF_TAP | IFF_NO_PI);
}

TEST_F(TapDeviceTest, RefusesWhatItIsNot) {
  NativeOpen open = Open();
  for (const char* name : {"a/b", "a b", ".", "..", "%s", "a%d%d", "%dx"}) {
    EXPECT_EQ(Attach(open, name), Errno(EINVAL)) << name;
  }
  for (int flags : {int{IFF_TUN}, IFF_TUN | IFF_TAP, IFF_TAP | IFF_VNET_HDR, IFF_TAP | IFF_MULTI_QUEUE}) {
    EXPECT_EQ(Attach(open, "", flags), Errno(EINVAL)) << flags;
  }
  ASSERT_EQ(Attach(open, ""), Errno(0));
  Argument argument;
  EXPECT_EQ(Ioctl(open, TUNSETPERSIST, argument, 1), Errno(EINVAL));
  EXPECT_EQ(Ioctl(open, TUNSETPERSIST, argument, 0), Errno(0));
  EXPECT_EQ(Ioctl(open, 0x1234, argument), Errno(ENOTTY));
}

TEST_F(TapDeviceTest, OpensAreBounded) {
  std::vector<NativeOpen> opens;
  Errno error = Errno(0);
  while (error == Errno(0) && opens.size() < 1000) {
    ErrnoOr<NativeOpen> open = device_.OpenNative({{}, O_RDWR});
    error = open.error();
    if (open.ok()) opens.push_back(*std::move(open));
  }
  EXPECT_EQ(error, Errno(ENFILE));
  opens.clear();
  EXPECT_TRUE(device_.OpenNative({{}, O_RDWR}).ok());
}

TEST(TapSwitchTest, OneThatDoesNotAnswerIsGivenUp) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  UniqueFd answer(ends[0]);
  auto never = std::make_shared<UniqueFd>(ends[1]);
  TapDevice device({.mode = 0600},
                   [fd = answer.get(), never]() -> ErrnoOr<std::unique_ptr<EthernetLink>> {
                     char byte;
                     (void)!::read(fd, &byte, 1);
                     return Errno(ECONNREFUSED);
                   },
                   [](const std::string&) {});
  ErrnoOr<NativeOpen> open = device.OpenNative({{}, O_RDWR});
  ASSERT_TRUE(open.ok());
  Argument argument("", IFF_TAP);
  EXPECT_EQ(open->file->Ioctl({}, TUNSETIFF, Argument::kAddress, argument).error(), Errno(ETIMEDOUT));
  EXPECT_EQ(open->file->Ioctl({}, TUNSETIFF, Argument::kAddress, argument).error(), Errno(EBUSY));
  EXPECT_EQ(::write(never->get(), "x", 1), 1);  // its thread can end
}

TEST(VdeSourceTest, OnlyTheDirectoryOfASwitch) {
  EXPECT_EQ(ParseVdeSource("/run/vde"), "/run/vde");
  EXPECT_EQ(ParseVdeSource("vde:///run/vde"), "/run/vde");
  for (const char* bad : {"", "none", "cmd://id", "vde://", "vde://relative", "/run/vde[3]", "tap://tap0"}) {
    EXPECT_EQ(ParseVdeSource(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace umsdk::umdev
