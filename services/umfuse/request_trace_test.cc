#include "services/umfuse/request_trace.h"

#include "gtest/gtest.h"

namespace umsdk::umfuse {
namespace {

TEST(RequestTraceTest, NamesAndAnswers) {
  EXPECT_EQ(DescribeRequest(Request(FUSE_LOOKUP, 1).AddName("lost+found"), ErrnoOr<size_t>(144)),
            "LOOKUP 1 lost+found: 144 bytes");
  fuse_rename_in rename = {7};
  EXPECT_EQ(DescribeRequest(Request(FUSE_RENAME, 1).AddStruct(rename).AddName("a\n").AddName("b"),
                            ErrnoOr<size_t>(Errno(ENOENT))),
            "RENAME 1 a\\n b: ENOENT");
}

TEST(RequestTraceTest, Ranges) {
  fuse_read_in in = {};
  in.offset = 4096;
  in.size = 512;
  EXPECT_EQ(DescribeRequest(Request(FUSE_READ, 3).AddStruct(in), ErrnoOr<size_t>(10)),
            "READ 3 512 bytes at 4096: 10 bytes");
}

TEST(RequestTraceTest, NoAnswerAndUnknown) {
  EXPECT_EQ(DescribeRequest(Request(FUSE_FORGET, 3), std::nullopt), "FORGET 3");
  EXPECT_EQ(DescribeRequest(Request(4711, 3), ErrnoOr<size_t>(Errno(4000))), "opcode 4711 3: errno 4000");
}

}  // namespace
}  // namespace umsdk::umfuse
