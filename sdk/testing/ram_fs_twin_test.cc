// Plays random operations on RamFs and on the kernel's tmpfs: both must agree in every answer,
// every attribute and every byte after each step. The seeds are fixed; a failure names its seed and
// step.
#include <linux/falloc.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "sdk/testing/twin_fs.h"

namespace umsdk {
namespace {

using Object = TwinFs::Object;
using Identity = TwinFs::Identity;

class Player {
 public:
  Player(TwinFs& twins, uint32_t seed) : twins_(twins), random_(seed) {}

  // Does one random thing and says what.
  void Step() {
    switch (Below(4)) {
      case 0:
        return ChangeNames();
      case 1:
        return Rearrange();
      case 2:
        return twins_.regular_files().empty() ? ChangeNames() : ChangeData();
      default:
        return Below(2) == 0 ? ChangeAttributes() : ChangeXattrs();
    }
  }

  std::string log() const { return log_; }

 private:
  uint64_t Below(uint64_t bound) {
    return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random_);
  }
  template <typename T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }
  Object Directory() { return OneOf(twins_.directories()); }
  Object Anything() { return Below(twins_.object_count()); }
  // Few names, so that they meet.
  std::string Name() {
    if (Below(100) == 0) return std::string(255 + Below(2), 'n');
    return std::string(1, static_cast<char>('a' + Below(5)));
  }
  // The owner may always read and write: permission checks are not the file systems'.
  mode_t Mode() { return 0700 | Below(twins_.abilities().set_id ? 010000 : 02000); }
  timespec Time() {
    return {static_cast<time_t>(Below(2'000'000'000)), static_cast<long>(Below(1'000'000'000))};
  }
  // Mostly near page borders.
  uint64_t Offset() {
    if (Below(50) == 0) return (uint64_t{1} << 40) + Below(5);
    return Below(2) == 0 ? Below(16) * 4096 + Below(3) : Below(60000);
  }
  void Say(const std::string& what, Object object, const std::string& name = "") {
    log_ += what + " " + std::to_string(object) + " " + name.substr(0, 10) + "\n";
  }

  void ChangeNames() {
    const Object dir = Directory();
    const std::string name = Name();
    const uint64_t what = Below(12);
    Say("name op " + std::to_string(what), dir, name);
    switch (what) {
      case 0:
      case 1:
        return twins_.MakeNode(dir, name, S_IFREG | Mode());
      case 2:
      case 3:
        return twins_.MakeDir(dir, name, Mode());
      case 4:
        return twins_.Symlink(dir, name, std::string(1 + Below(200), 't'));
      case 5:
        return MakeSpecial(dir, name);
      case 6:
        return twins_.TmpFile(dir, Mode());
      case 7:
        return twins_.Unlink(dir, name);
      case 8:
        return twins_.RemoveDir(dir, name);
      case 9:
        // ".." of the root lies outside.
        return twins_.Lookup(
            dir, OneOf(std::vector<std::string>{name, name, ".", dir == 0 ? name : ".."}));
      case 10:
        return twins_.List(dir);
      default:
        return twins_.ReadLink(Anything());
    }
  }

  void MakeSpecial(Object dir, const std::string& name) {
    const mode_t type = OneOf(std::vector<mode_t>{S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK});
    if (!twins_.abilities().devices && (type == S_IFCHR || type == S_IFBLK)) return;
    twins_.MakeNode(dir, name, type | Mode(), makedev(Below(5), Below(5)));
  }

  void Rearrange() {
    const Object dir = Directory();
    const std::string name = Name();
    if (Below(4) == 0) {
      const Object object = Anything();
      Say("link", object, name);
      Say("  into", dir);
      return twins_.Link(object, dir, name);
    }
    const Object new_dir = Below(3) == 0 ? dir : Directory();
    const std::string new_name = Name();
    const unsigned flags = OneOf(std::vector<unsigned>{0, 0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE,
                                                       RENAME_NOREPLACE | RENAME_EXCHANGE});
    Say("rename", dir, name);
    Say("  to", new_dir, new_name + " flags " + std::to_string(flags));
    twins_.Rename(dir, name, new_dir, new_name, flags);
  }

  void ChangeData() {
    const Object file = OneOf(twins_.regular_files());
    const uint64_t offset = Offset();
    const uint64_t length = 1 + Below(Below(2) == 0 ? 100 : 20000);
    const uint64_t what = Below(8);
    Say("data op " + std::to_string(what), file,
        std::to_string(offset) + "+" + std::to_string(length));
    switch (what) {
      case 0:
      case 1:
      case 2:
        return twins_.Write(file, offset, std::string(length, static_cast<char>('A' + Below(26))));
      case 3:
        return twins_.Truncate(file, offset);
      case 4:
        return twins_.Allocate(file, Below(2) == 0 ? 0 : FALLOC_FL_KEEP_SIZE, offset, length);
      case 5:
        return twins_.Allocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
      case 6:
        return twins_.Allocate(
            file,
            OneOf(std::vector<int>{FALLOC_FL_PUNCH_HOLE, FALLOC_FL_COLLAPSE_RANGE,
                                   FALLOC_FL_INSERT_RANGE}),
            4096 * Below(4), 4096);
      default:
        return twins_.Seek(file, offset, Below(2) == 0 ? SEEK_DATA : SEEK_HOLE);
    }
  }

  void ChangeAttributes() {
    const Object object = Anything();
    const uint64_t what = Below(3);
    Say("attribute op " + std::to_string(what), object);
    if (what == 0) return twins_.ChangeMode(object, Mode());
    if (what == 1) return twins_.SetTimes(object, Time(), Time());
    if (!twins_.abilities().chown) return;
    const std::vector<uid_t> ids = {0, 12345, static_cast<uid_t>(-1)};
    const uid_t uid = OneOf(ids);
    const gid_t gid = OneOf(ids);
    // Nothing to change cannot be told apart from no request.
    if (uid + 1 != 0 && gid + 1 != 0) twins_.ChangeOwner(object, uid, gid);
  }

  void ChangeXattrs() {
    const std::vector<std::string>& spaces = twins_.abilities().xattr_spaces;
    if (spaces.empty()) return;
    const Object object = Anything();
    const std::string name =
        OneOf(spaces) + "t" + (Below(40) == 0 ? std::string(250, 'x') : Name());
    const uint64_t what = Below(5);
    Say("xattr op " + std::to_string(what), object, name);
    switch (what) {
      case 0:
      case 1:
        return twins_.SetXattr(object, name,
                               std::string(Below(30) == 0 ? 65536 + Below(2) : Below(100), 'v'),
                               OneOf(std::vector<int>{0, 0, XATTR_CREATE, XATTR_REPLACE, 8}));
      case 2:
        return twins_.GetXattr(object, name);
      case 3:
        return twins_.RemoveXattr(object, name);
      default:
        return twins_.ListXattr(object);
    }
  }

  TwinFs& twins_;
  std::mt19937 random_;
  std::string log_;
};

class RamFsTwinTest : public ::testing::TestWithParam<std::tuple<Identity, uint32_t>> {
 protected:
  void Play(int steps, TwinFs::Times times) {
    if (!TwinFs::Available()) GTEST_SKIP() << "/dev/shm is no tmpfs";
    const auto [identity, seed] = GetParam();
    if (!TwinFs::MayBe(identity)) GTEST_SKIP() << "needs the right to be another user";
    TwinFs twins(identity);
    Player player(twins, seed);
    for (int step = 0; step < steps; ++step) {
      if (times == TwinFs::Times::kBothWays) TwinFs::AwaitTick();
      player.Step();
      twins.CompareAttributes(times);
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", step " << step << ":\n" << player.log();
    }
  }
};

class RamFsTwinTimesTest : public RamFsTwinTest {};

TEST_P(RamFsTwinTest, AgreesWithTmpfsInARandomPlay) { Play(600, TwinFs::Times::kOneWay); }

// Slower: waits for the clock at each step.
TEST_P(RamFsTwinTimesTest, ChangesTheSameTimesAsTmpfs) { Play(400, TwinFs::Times::kBothWays); }

INSTANTIATE_TEST_SUITE_P(AsSelf, RamFsTwinTest,
                         ::testing::Combine(::testing::Values(Identity::kSelf),
                                            ::testing::Range(0u, 20u)));
INSTANTIATE_TEST_SUITE_P(AsOther, RamFsTwinTest,
                         ::testing::Combine(::testing::Values(Identity::kOther),
                                            ::testing::Range(100u, 110u)));
INSTANTIATE_TEST_SUITE_P(AsSelf, RamFsTwinTimesTest,
                         ::testing::Combine(::testing::Values(Identity::kSelf),
                                            ::testing::Range(200u, 203u)));
INSTANTIATE_TEST_SUITE_P(AsOther, RamFsTwinTimesTest,
                         ::testing::Combine(::testing::Values(Identity::kOther),
                                            ::testing::Range(300u, 301u)));

}  // namespace
}  // namespace umsdk
