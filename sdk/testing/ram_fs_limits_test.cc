// What a RamFs may grow to: bytes, inodes, the size of a file.
#include <fcntl.h>
#include <linux/falloc.h>

#include <cstdint>
#include <string>

#include "sdk/testing/ram_fs_fixture.h"
#include "sdk/testing/set_attr.h"

namespace umsdk {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kPages = 8;
constexpr uint64_t kInodes = 6;
constexpr uint64_t kMaxFile = 1 << 20;

class RamFsLimitsTest : public RamFsTest {
 protected:
  RamFsLimitsTest()
      : RamFsTest(
            {.max_bytes = kPages * kPage, .max_inodes = kInodes, .max_file_bytes = kMaxFile}) {}

  struct statvfs Total() {
    return fs_.StatFs().value();
  }
};

TEST_F(RamFsLimitsTest, StatFsTellsThem) {
  EXPECT_EQ(Total().f_blocks, kPages);
  EXPECT_EQ(Total().f_bfree, kPages);
  EXPECT_EQ(Total().f_files, kInodes);
  EXPECT_EQ(Total().f_ffree, kInodes);
  EXPECT_EQ(Total().f_namemax, 255u);
  const NodeId file = MakeFile(kRootNode, "a");
  ASSERT_THAT(fs_.Write(file, 0, 10 * kPage, std::string("x")), SucceedsWith(1u));
  EXPECT_EQ(Total().f_bfree, kPages - 1);
  EXPECT_EQ(Total().f_ffree, kInodes - 1);
}

TEST_F(RamFsLimitsTest, WritingStopsWhereThePagesEnd) {
  const NodeId file = MakeFile(kRootNode, "a");
  const std::string much((kPages + 1) * kPage, 'm');
  EXPECT_THAT(fs_.Write(file, 0, 10, much), SucceedsWith(kPages * kPage - 10));
  EXPECT_THAT(fs_.Write(file, 0, kPages * kPage, much), FailsWith(ENOSPC));
  EXPECT_EQ(AttrOf(file).size, kPages * kPage);
  // What is there can be changed.
  EXPECT_THAT(fs_.Write(file, 0, 0, std::string(kPage, 'n')), SucceedsWith(kPage));
}

TEST_F(RamFsLimitsTest, FallocateReservesAllOrNothing) {
  const NodeId file = MakeFile(kRootNode, "a");
  ASSERT_THAT(fs_.Write(file, 0, kPage, std::string("x")), Succeeds());
  EXPECT_THAT(fs_.Fallocate(file, 0, 0, 0, (kPages + 1) * kPage), FailsWith(ENOSPC));
  EXPECT_EQ(Total().f_bfree, kPages - 1);
  EXPECT_EQ(AttrOf(file).size, kPage + 1);
  EXPECT_THAT(fs_.Fallocate(file, 0, 0, 0, kPages * kPage), Succeeds());
  EXPECT_EQ(Total().f_bfree, 0u);
  // What was reserved cannot fail.
  EXPECT_THAT(fs_.Write(file, 0, 0, std::string(kPages * kPage, 'y')),
              SucceedsWith(kPages * kPage));
}

TEST_F(RamFsLimitsTest, PagesComeBack) {
  const NodeId file = MakeFile(kRootNode, "a");
  const std::string all(kPages * kPage, 'a');
  ASSERT_THAT(fs_.Write(file, 0, 0, all), Succeeds());
  constexpr int kPunch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  EXPECT_THAT(fs_.Fallocate(file, 0, kPunch, 1, 3 * kPage), Succeeds());
  EXPECT_EQ(Total().f_bfree, 2u);
  EXPECT_THAT(fs_.SetAttr(root_, file, SizeTo(kPage)), Succeeds());
  EXPECT_EQ(Total().f_bfree, kPages - 1);
  ASSERT_THAT(fs_.Unlink(root_, kRootNode, "a"), Succeeds());
  EXPECT_EQ(Total().f_bfree, kPages - 1) << "the node is still known to the SDK";
  fs_.Forget(file, 1);
  EXPECT_EQ(Total().f_bfree, kPages);
}

TEST_F(RamFsLimitsTest, InodesEndAndComeBack) {
  for (uint64_t i = 0; i < kInodes; ++i) MakeFile(kRootNode, std::to_string(i));
  EXPECT_THAT(fs_.MakeDir(root_, kRootNode, "d", 0755), FailsWith(ENOSPC));
  EXPECT_THAT(fs_.TmpFile(root_, kRootNode, 0600), FailsWith(ENOSPC));
  ASSERT_SUCCEEDS_AND_ASSIGN(const Entry first, fs_.Lookup(root_, kRootNode, "0"));
  EXPECT_THAT(fs_.Link(root_, first.node, kRootNode, "l"), FailsWith(ENOSPC));
  ASSERT_THAT(fs_.Unlink(root_, kRootNode, "0"), Succeeds());
  fs_.Forget(first.node, 2);
  EXPECT_THAT(fs_.MakeDir(root_, kRootNode, "d", 0755), Succeeds());
}

TEST_F(RamFsLimitsTest, FurtherLinksCountAsInodes) {
  const NodeId file = MakeFile(kRootNode, "a");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(fs_.Link(root_, file, kRootNode, std::to_string(i)), Succeeds());
  }
  EXPECT_EQ(Total().f_ffree, kInodes - 4);
  ASSERT_THAT(fs_.Unlink(root_, kRootNode, "a"), Succeeds());
  ASSERT_THAT(fs_.Rename(root_, kRootNode, "0", kRootNode, "1", 0), Succeeds());
  EXPECT_EQ(Total().f_ffree, kInodes - 3) << "a rename between two names of one file keeps both";
  MakeFile(kRootNode, "b");
  ASSERT_THAT(fs_.Rename(root_, kRootNode, "b", kRootNode, "1", 0), Succeeds());
  EXPECT_EQ(Total().f_ffree, kInodes - 3) << "a name of the first was replaced";
}

TEST_F(RamFsLimitsTest, ExtendedAttributesTakeInodeSpace) {
  const NodeId file = MakeFile(kRootNode, "a");
  EXPECT_THAT(fs_.SetXattr(root_, file, "user.a", std::string(kInodes * 1024, 'v'), 0),
              FailsWith(ENOSPC));
  ASSERT_THAT(fs_.SetXattr(root_, file, "user.a", std::string(2000, 'v'), 0), Succeeds());
  EXPECT_LT(Total().f_ffree, kInodes - 2);
  ASSERT_THAT(fs_.RemoveXattr(root_, file, "user.a"), Succeeds());
  EXPECT_EQ(Total().f_ffree, kInodes - 1);
}

TEST_F(RamFsLimitsTest, AFileHasALargestSize) {
  const NodeId file = MakeFile(kRootNode, "a");
  EXPECT_THAT(fs_.Write(file, 0, kMaxFile - 2, std::string("xyz")), SucceedsWith(2u));
  EXPECT_THAT(fs_.Write(file, 0, kMaxFile, std::string("x")), FailsWith(EFBIG));
  EXPECT_THAT(fs_.Write(file, 0, UINT64_MAX, std::string("x")), FailsWith(EFBIG));
  EXPECT_THAT(fs_.SetAttr(root_, file, SizeTo(kMaxFile)), Succeeds());
  EXPECT_THAT(fs_.SetAttr(root_, file, SizeTo(kMaxFile + 1)), FailsWith(EFBIG));
  EXPECT_THAT(fs_.Fallocate(file, 0, 0, kMaxFile, 1), FailsWith(EFBIG));
  EXPECT_THAT(fs_.Fallocate(file, 0, 0, 0, 0), FailsWith(EINVAL));
  EXPECT_THAT(fs_.Fallocate(file, 0, 0, UINT64_MAX, 1), FailsWith(EINVAL));
  EXPECT_THAT(fs_.Fallocate(file, 0, 0, 1, UINT64_MAX), FailsWith(EINVAL));
}

}  // namespace
}  // namespace umsdk
