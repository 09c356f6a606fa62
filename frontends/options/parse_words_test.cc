#include "frontends/options/parse_words.h"

#include <gtest/gtest.h>

namespace umsdk::frontends {
namespace {

std::string Join(const ParsedWords& parsed) {
  std::string text;
  for (const Setting& setting : parsed.settings) {
    text += std::string(setting.flag->name) + "=" + setting.value + ";";
  }
  return text + std::to_string(parsed.used);
}

std::string Parse(const std::vector<std::string>& words) {
  absl::StatusOr<ParsedWords> parsed = ParseWords(words);
  return parsed.ok() ? Join(*parsed) : std::string(parsed.status().message());
}

TEST(ParseWordsTest, StopsAtTheFirstWordThatIsNoFlag) {
  EXPECT_EQ(Parse({"-q", "ls", "-x"}), "quiet=;1");
  EXPECT_EQ(Parse({"ls"}), "0");
  EXPECT_EQ(Parse({"-"}), "0");
}

TEST(ParseWordsTest, StopsBehindTwoDashes) { EXPECT_EQ(Parse({"-q", "--", "-x"}), "quiet=;2"); }

TEST(ParseWordsTest, TakesValuesInEveryForm) {
  EXPECT_EQ(Parse({"-p", "umdev", "-pramfs", "--preload=a,b=c", "--preload", "d"}),
            "preload=umdev;preload=ramfs;preload=a,b=c;preload=d;6");
  EXPECT_EQ(Parse({"--status-fd=3"}), "status-fd=3;1");
  EXPECT_EQ(Parse({"--output="}), "output=;1");
}

TEST(ParseWordsTest, JoinsLetters) {
  EXPECT_EQ(Parse({"-xqpumdev"}), "nonesting=;quiet=;preload=umdev;1");
  EXPECT_EQ(Parse({"-xp", "umdev"}), "nonesting=;preload=umdev;2");
}

TEST(ParseWordsTest, SaysWhatIsWrong) {
  EXPECT_EQ(Parse({"--bogus=1"}), "unknown option --bogus");
  EXPECT_EQ(Parse({"-qZ"}), "unknown option -Z");
  EXPECT_EQ(Parse({"--seal=1"}), "--seal takes no value");
  EXPECT_EQ(Parse({"-p"}), "-p wants MOD[,ARGS]");
  EXPECT_EQ(Parse({"--engine"}), "--engine wants auto|notify|ptrace");
}

TEST(FlagsTest, NamesAndLettersAreUnique) {
  for (const Flag& flag : Flags()) {
    EXPECT_EQ(FindFlag(std::string(flag.name)), &flag);
    if (flag.letter != 0) {
      EXPECT_EQ(FindFlag(flag.letter), &flag);
    }
  }
}

TEST(FlagsTest, EachHasItsVariable) {
  EXPECT_EQ(FindFlag(std::string("status-fd"))->EnvironmentName(), "UMVIEW_STATUS_FD");
}

}  // namespace
}  // namespace umsdk::frontends
