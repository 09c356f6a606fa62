// The table as a whole, against the kernel's headers and against itself.
#include <array>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "sdk/syscall/find_syscall.h"
#include "sdk/syscall/syscalls.h"

namespace umsdk {
namespace {

// Linux 6.18's first and last number past Debian 12's headers.
constexpr int64_t kFirstNewer = 451;
constexpr int64_t kLast = 469;

// name -> number, from "#define __NR_name number" lines.
std::map<std::string, int64_t> ReadHeader(const char* path) {
  std::map<std::string, int64_t> numbers;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string define, name;
    int64_t number = -1;
    if (words >> define >> name >> number && define == "#define" && name.starts_with("__NR_")) {
      numbers[name.substr(5)] = number;
    }
  }
  return numbers;
}

TEST(SyscallTableTest, EveryCallOfTheKernelHeaderIsThere) {
  const auto numbers = ReadHeader("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
  ASSERT_GT(numbers.size(), 350u) << "the header is not where it was, or not what it was";
  for (const auto& [name, number] : numbers) {
    if (number > kLast) continue;
    const SyscallInfo* info = FindSyscall(number);
    ASSERT_NE(info, nullptr) << name << " " << number;
    EXPECT_EQ(info->name, name);
    EXPECT_EQ(info->number, number);
    EXPECT_EQ(FindSyscallByName(name), info);
  }
}

TEST(SyscallTableTest, CallsNewerThanTheHeader) {
  constexpr std::string_view kNames[] = {
      "cachestat",         "fchmodat2",         "map_shadow_stack", "futex_wake",
      "futex_wait",        "futex_requeue",     "statmount",        "listmount",
      "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", "mseal",
      "setxattrat",        "getxattrat",        "listxattrat",      "removexattrat",
      "open_tree_attr",    "file_getattr",      "file_setattr"};
  int64_t number = kFirstNewer;
  for (const std::string_view name : kNames) {
    const SyscallInfo* info = FindSyscall(number);
    ASSERT_NE(info, nullptr) << number;
    EXPECT_EQ(info->name, name);
    EXPECT_EQ(info->number, number);
    ++number;
  }
  EXPECT_EQ(number, kLast + 1);
  EXPECT_EQ(FindSyscall(335)->name, "uretprobe");
  EXPECT_EQ(FindSyscall(336)->name, "uprobe");
}

TEST(SyscallTableTest, NothingOutsideTheTable) {
  EXPECT_EQ(MaxSyscallNumber(), kLast);
  for (const int64_t number :
       {int64_t{-1}, INT64_MIN, int64_t{337}, int64_t{423}, kLast + 1, int64_t{512}, int64_t{1000},
        int64_t{0x40000000}, int64_t{0x40000000 | 2}, int64_t{0x100000002}, INT64_MAX}) {
    EXPECT_EQ(FindSyscall(number), nullptr) << number;
  }
  EXPECT_EQ(FindSyscallByName("openat3"), nullptr);
  EXPECT_EQ(FindSyscallByName(""), nullptr);
}

TEST(SyscallTableTest, NumbersAreConstants) {
  static_assert(sys::Read::kNumber == 0);
  static_assert(sys::Openat::kNumber == 257);
  static_assert(sys::Execveat::kArity == 5);
  static_assert(sys::AllSyscalls::kSize == 383);
  EXPECT_EQ(FindSyscall(sys::Openat::kNumber)->name, sys::Openat::kName);
}

TEST(SyscallTableTest, NamesAreUniqueAndWellFormed) {
  std::set<std::string_view> names;
  for (const SyscallInfo& info : AllSyscallInfos()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name << " is there twice";
    for (const char c : info.name) {
      EXPECT_TRUE(c == '_' || std::islower(c) || std::isdigit(c)) << info.name;
    }
    EXPECT_EQ(FindSyscall(info.number), &info) << info.name;
  }
}

TEST(SyscallTableTest, WhatIsNotFullSaysWhy) {
  for (const SyscallInfo& info : AllSyscallInfos()) {
    if (info.support == SupportLevel::kPartial || info.support == SupportLevel::kRefused) {
      EXPECT_FALSE(info.remark.empty()) << info.name;
    }
    if (!info.args_known) {
      EXPECT_FALSE(info.remark.empty()) << info.name;
    }
  }
}

// A call that is routed by something must have its arguments in the table.
TEST(SyscallTableTest, RoutedCallsHaveFullRows) {
  for (const SyscallInfo& info : AllSyscallInfos()) {
    if (info.call_class != SyscallClass::kOther) {
      EXPECT_TRUE(info.args_known) << info.name;
    }
  }
}

// An -at call has its dirfd before each path, except that a symbolic link's target is just text.
TEST(SyscallTableTest, AtCallsHaveDirFds) {
  for (const SyscallInfo& info : AllSyscallInfos()) {
    const bool at = info.name.ends_with("at") || info.name.ends_with("at2");
    for (size_t i = 0; at && i < info.arity; ++i) {
      if (!IsPath(info.args()[i].kind) || info.name == "stat" || info.name == "lstat") continue;
      EXPECT_EQ(DirFdIndex(info, i), static_cast<int>(i) - 1) << info.name;
    }
  }
}

size_t CountKind(std::string_view name, bool (*is)(ArgKind)) {
  size_t count = 0;
  for (const ArgInfo& arg : FindSyscallByName(name)->args()) count += is(arg.kind);
  return count;
}

TEST(SyscallTableTest, PathsAndDescriptorsAreFoundByKind) {
  EXPECT_EQ(CountKind("renameat2", IsPath), 2u);
  EXPECT_EQ(CountKind("renameat2", IsDescriptor), 2u);
  EXPECT_EQ(CountKind("symlinkat", IsPath), 1u);
  EXPECT_EQ(CountKind("copy_file_range", IsDescriptor), 2u);
  EXPECT_EQ(CountKind("mmap", IsDescriptor), 1u);
  EXPECT_EQ(CountKind("mount", IsPath), 1u);
  EXPECT_EQ(CountKind("getpid", IsPath), 0u);
}

TEST(SyscallTableTest, Classes) {
  struct {
    const char* name;
    SyscallClass expected;
  } const kCases[] = {{"openat", SyscallClass::kPath},
                      {"inotify_add_watch", SyscallClass::kPath},
                      {"getcwd", SyscallClass::kPath},
                      {"read", SyscallClass::kDescriptor},
                      {"mmap", SyscallClass::kDescriptor},
                      {"poll", SyscallClass::kDescriptor},
                      {"socket", SyscallClass::kSocketFamily},
                      {"connect", SyscallClass::kSocketFamily},
                      {"recvmsg", SyscallClass::kSocketFamily},
                      {"listen", SyscallClass::kDescriptor},
                      {"execve", SyscallClass::kProcess},
                      {"clone3", SyscallClass::kProcess},
                      {"brk", SyscallClass::kOther}};
  for (const auto& [name, expected] : kCases) {
    EXPECT_EQ(FindSyscallByName(name)->call_class, expected) << name;
  }
}

TEST(SyscallTableTest, WhatWouldPassTheViewByIsRefused) {
  for (const char* name : {"io_uring_setup", "io_uring_enter", "io_setup", "fanotify_init",
                           "uselib", "open_tree", "fsopen"}) {
    EXPECT_EQ(FindSyscallByName(name)->support, SupportLevel::kRefused) << name;
  }
}

}  // namespace
}  // namespace umsdk
