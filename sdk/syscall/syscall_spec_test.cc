// What the compiler refuses in a row or at a call's use, and how registers are decoded.
#include "sdk/syscall/syscall_spec.h"

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "gtest/gtest.h"
#include "sdk/syscall/files.h"
#include "sdk/syscall/memory.h"
#include "sdk/syscall/syscall_list.h"

namespace umsdk::sys {
namespace {

// ---- What does not compile --------------------------------------------------
template <typename Call>
concept HasFlags = requires(Call call) {
  call.template get<"flags">();
};
template <typename Call>
concept HasMisspeltFlags = requires(Call call) {
  call.template get<"flgas">();
};

static_assert(HasFlags<Openat>);
static_assert(!HasMisspeltFlags<Openat>);
static_assert(!HasFlags<Mkdir>);

using Count = Arg<"count", size_t>;
using Buf = Arg<"buf", OutBytes<"count">>;
using CountPtr = Arg<"count", InOutPtr>;
using Addr = Arg<"addr", OutSockAddr<"count">>;
using Dir = Arg<"dirfd", DirFd>;
using Path = Arg<"path", UserPath>;

static_assert(LengthsAreNamed<>());
static_assert(LengthsAreNamed<Buf, Count>());
static_assert(LengthsAreNamed<Count, Buf>());
static_assert(!LengthsAreNamed<Buf>());
static_assert(!LengthsAreNamed<Buf, Path>());

static_assert(LengthsAreOfRightKind<Buf, Count>());
static_assert(!LengthsAreOfRightKind<Buf, CountPtr>());
static_assert(LengthsAreOfRightKind<Addr, CountPtr>());
static_assert(!LengthsAreOfRightKind<Addr, Count>());

static_assert(NamesAreDistinct<Dir, Path>());
static_assert(!NamesAreDistinct<Path, Dir, Path>());

static_assert(DirFdsPrecedePaths<Dir, Path>());
static_assert(!DirFdsPrecedePaths<Path, Dir>());
static_assert(!DirFdsPrecedePaths<Dir, Count, Path>());

static_assert(NumbersAreUnique<Open, Openat, Mkdir>());
static_assert(!NumbersAreUnique<Open, Openat, Open>());

// A guest's address is not an integer and not a pointer by mistake.
static_assert(!std::is_convertible_v<GuestAddr, uint64_t>);
static_assert(!std::is_convertible_v<UserPath, GuestAddr>);

// ---- Decoding ---------------------------------------------------------------
TEST(SyscallSpecTest, ArgumentsAreFoundByName) {
  const Openat call({static_cast<uint64_t>(-100), 0x7000, 0x80000, 0644, 0, 0});
  EXPECT_EQ(call.get<"dirfd">().value, -100);
  EXPECT_EQ(call.get<"path">().addr, GuestAddr{0x7000});
  EXPECT_EQ(call.get<"flags">(), 0x80000);
  EXPECT_EQ(call.get<"mode">(), 0644u);
}

TEST(SyscallSpecTest, OnlyTheLowHalfOfAnIntCounts) {
  const Openat call({0xdeadbeef00000003, 0x7000, 0xffffffff00000001, 0, 0, 0});
  EXPECT_EQ(call.get<"dirfd">().value, 3);
  EXPECT_EQ(call.get<"flags">(), 1);
}

TEST(SyscallSpecTest, SignsAreTheKernels) {
  const Mmap call({0x1000, UINT64_MAX, 0, 0, 0xffffffff, UINT64_MAX});
  EXPECT_EQ(call.get<"addr">(), GuestAddr{0x1000});
  EXPECT_EQ(call.get<"length">(), SIZE_MAX);
  EXPECT_EQ(call.get<"fd">().value, -1);
  EXPECT_EQ(call.get<"offset">(), -1);
}

TEST(SyscallSpecTest, InfoHoldsKindsLengthsAndClass) {
  constexpr SyscallInfo kInfo = Readlinkat::Info();
  EXPECT_EQ(kInfo.number, 267);
  EXPECT_EQ(kInfo.name, "readlinkat");
  EXPECT_EQ(kInfo.arity, 4);
  EXPECT_EQ(kInfo.arg_infos[2].kind, ArgKind::kOutBytes);
  EXPECT_EQ(kInfo.arg_infos[2].length_arg, 3);
  EXPECT_EQ(kInfo.arg_infos[3].length_arg, -1);
  EXPECT_EQ(kInfo.call_class, SyscallClass::kPath);
  EXPECT_EQ(DirFdIndex(kInfo, 1), 0);
  EXPECT_EQ(DirFdIndex(kInfo, 0), -1);
}

}  // namespace
}  // namespace umsdk::sys
