// Every flag is in --help, the man page and the completion.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "frontends/options/flags.h"
#include "frontends/options/help.h"

namespace umsdk::frontends {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// roff writes a dash of an option as "\-".
std::string WithoutBackslashes(std::string text) {
  std::erase(text, '\\');
  return text;
}

TEST(DocumentsTest, NameEveryFlag) {
  std::string man = WithoutBackslashes(Read("docs/man/umview.1"));
  std::string completion = Read("frontends/completions/umview");
  for (const Flag& flag : Flags()) {
    std::string name = std::string("--") + flag.name;
    EXPECT_NE(HelpText().find(name), std::string::npos) << name;
    EXPECT_NE(man.find(name), std::string::npos) << name;
    EXPECT_NE(completion.find(name), std::string::npos) << name;
  }
}

TEST(DocumentsTest, HelpFitsATerminal) {
  std::istringstream text(HelpText());
  for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 100u) << line;
}

}  // namespace
}  // namespace umsdk::frontends
