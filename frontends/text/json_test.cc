#include "frontends/text/json.h"

#include <gtest/gtest.h>

namespace umsdk::frontends {
namespace {

TEST(JsonQuoteTest, EscapesWhatJsonDemands) {
  EXPECT_EQ(JsonQuote("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\n\\u0001\"");
}

TEST(JsonQuoteTest, KeepsUtf8) {
  EXPECT_EQ(JsonQuote("\xc3\xa4\xe2\x82\xac"), "\"\xc3\xa4\xe2\x82\xac\"");
}

TEST(JsonQuoteTest, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(JsonQuote("a\xffz"), "\"a\xef\xbf\xbdz\"");
  EXPECT_EQ(JsonQuote("\xc3"), "\"\xef\xbf\xbd\"");                  // cut short
  EXPECT_EQ(JsonQuote("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");  // overlong
}

TEST(JsonObjectTest, ComposesMembersInOrder) {
  EXPECT_EQ(JsonObject().Add("a", 1).Add("b", "x").Add("c", true).AddNull("d").ToString(),
            R"({"a":1,"b":"x","c":true,"d":null})");
  EXPECT_EQ(JsonObject().ToString(), "{}");
}

}  // namespace
}  // namespace umsdk::frontends
