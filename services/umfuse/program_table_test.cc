#include "services/umfuse/program_table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace umsdk::umfuse {
namespace {

using testing::ElementsAre;

std::vector<std::string> LineFor(std::string_view name, std::string_view options) {
  std::optional<Program> program = FindProgram(name);
  absl::StatusOr<ProgramOptions> parsed = ParseProgramOptions(options, program->ids);
  return CommandLine(*program, *parsed, "/dev/disk1", "/mnt");
}

TEST(ProgramOptionsTest, CommasInQuotesAndBehindBackslashes) {
  EXPECT_THAT(SplitOptions(R"(a,"b,c",d\,e,,'f"g')"), ElementsAre("a", "b,c", "d,e", "f\"g"));
}

TEST(ProgramOptionsTest, OwnOnesAreTakenOut) {
  absl::StatusOr<ProgramOptions> options = ParseProgramOptions(
      "rw+,human,fuseuid=7,gid=8,pre=-x,post=-y,nosource,showcall,noatime,a=b", false);
  ASSERT_TRUE(options.ok());
  EXPECT_TRUE(options->write && options->human && options->no_source && options->show_call);
  EXPECT_EQ(options->uid, 7u);
  EXPECT_EQ(options->gid, 8u);
  EXPECT_THAT(options->pre, ElementsAre("-x"));
  EXPECT_THAT(options->post, ElementsAre("-y"));
  EXPECT_THAT(options->rest, ElementsAre("noatime", "a=b"));
}

TEST(ProgramOptionsTest, IdsMayBelongToTheProgram) {
  EXPECT_THAT(ParseProgramOptions("uid=7", true)->rest, ElementsAre("uid=7"));
  EXPECT_FALSE(ParseProgramOptions("uid=x", false).ok());
}

TEST(ProgramOptionsTest, PartsThatStayReal) {
  absl::StatusOr<ProgramOptions> options = ParseProgramOptions("except=/a//b/,except=c,merge", true);
  ASSERT_TRUE(options.ok());
  EXPECT_THAT(options->except, ElementsAre("a/b", "c"));
  EXPECT_TRUE(options->merge && options->rest.empty());
  for (const char* text : {"except", "except=/", "except=a/../b", "except=."})
    EXPECT_FALSE(ParseProgramOptions(text, true).ok()) << text;
}

TEST(ProgramTableTest, Ext2) {
  EXPECT_THAT(LineFor("ext4", "rw+,noatime"),
              ElementsAre("fuse2fs", "-f", "-o", "fakeroot,rw,noatime", "/dev/disk1", "/mnt"));
  EXPECT_THAT(LineFor("ext2", "ro,human,fsdebug"),
              ElementsAre("fuse2fs", "-f", "-o", "fakeroot,ro,debug", "/dev/disk1", "/mnt"));
}

TEST(ProgramTableTest, WhatIsCoveredMayBeSeen) {
  EXPECT_THAT(LineFor("ext2", "merge,human"),
              ElementsAre("fuse2fs", "-f", "-o", "fakeroot,rw,nonempty", "/dev/disk1", "/mnt"));
  EXPECT_THAT(LineFor("squashfs", "except=a"),
              ElementsAre("squashfuse", "-f", "-o", "rw", "/dev/disk1", "/mnt"));
}

TEST(ProgramTableTest, OneLineOfTheUser) {
  std::vector<Program> table =
      ParseTable("# mine\nfoo,bar foopkg readonly,ids foo --opt=%O%% %S %D # there\nbad line\n");
  ASSERT_EQ(table.size(), 1u);
  EXPECT_TRUE(table[0].read_only && table[0].ids);
  EXPECT_EQ(table[0].package, "foopkg");
  EXPECT_THAT(CommandLine(table[0], ProgramOptions(), "S", "T"),
              ElementsAre("foo", "--opt=rw%", "S", "T"));
}

TEST(ProgramTableTest, FormatPreAndPost) {
  ProgramOptions options;
  options.format = "prog -o %O %S %M";
  options.pre = {"-v"};
  options.post = {"last"};
  options.no_source = true;
  EXPECT_THAT(CommandLine(Program(), options, "S", "T"),
              ElementsAre("prog", "-v", "-o", "rw", "T", "last"));
}

TEST(ProgramTableTest, Unknown) { EXPECT_FALSE(FindProgram("nosuchfs").has_value()); }

}  // namespace
}  // namespace umsdk::umfuse
