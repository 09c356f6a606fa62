// umview and um_doctor below filters that refuse a mechanism: auto takes what works, an engine
// asked for by name fails with the reason, and nothing ever runs outside the view in silence.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "frontends/testing/answers.h"
#include "frontends/testing/run_program.h"

namespace umsdk::frontends {
namespace {

ProgramResult Under(const std::vector<std::string>& refusals,
                    const std::vector<std::string>& argv) {
  std::vector<std::string> words;
  if (!refusals.empty()) {
    words.push_back("frontends/testing/refuse");
    words.insert(words.end(), refusals.begin(), refusals.end());
    words.push_back("--");
  }
  words.insert(words.end(), argv.begin(), argv.end());
  return RunProgram(words);
}

// The engine that umview takes, proved by a tool that works in views only; "" if it does not run.
std::string EngineUnder(const std::vector<std::string>& refusals,
                        const std::string& engine = "auto") {
  std::string script =
      "frontends/umview --engine=" + engine +
      " --status-fd=3 frontends/um_umount /nonexistent 3>&1 2>/dev/null >/dev/null";
  ProgramResult result = Under(refusals, {"sh", "-c", script});
  if (result.code == 125) return "";
  EXPECT_EQ(result.code, 1) << "um_umount ran outside the view: " << result.out;
  for (const char* name : {"notify", "ptrace"}) {
    if (result.out.find(std::string("\"engine\":\"") + name) != std::string::npos) return name;
  }
  return "?";
}

// What um_doctor says about the same.
std::string DoctorsEngineUnder(const std::vector<std::string>& refusals) {
  ProgramResult result = Under(refusals, {"frontends/um_doctor", "--json"});
  if (result.out.find(R"("works":false,"engine":null)") != std::string::npos) {
    EXPECT_EQ(result.code, 1);
    return "";
  }
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  for (const char* name : {"notify", "ptrace"}) {
    if (result.out.find(std::string(R"("works":true,"engine":")") + name) != std::string::npos) {
      return name;
    }
  }
  return "?";
}

struct Case {
  std::vector<std::string> refusals;
  const char* engine;  // that auto takes; "": none works
};

const Case kCases[] = {
    {{}, "notify"},
    {{"nothing"}, "notify"},
    {{"docker"}, "notify"},
    {{"pidfd_getfd"}, "notify"},
    {{"addfd=EINVAL"}, "ptrace"},
    {{"unshare"}, "notify"},
    {{"mount"}, "notify"},
    {{"wait_killable=EINVAL"}, "notify"},
    {{"sync_wake_up=EINVAL"}, "notify"},
    {{"ptrace"}, "notify"},
    {{"listener"}, "ptrace"},
    {{"listener=ENOSYS"}, "ptrace"},
    {{"inherit-listener"}, "ptrace"},
    {{"listener", "ptrace"}, ""},
    {{"seccomp", "ptrace"}, ""},
};

std::string Describe(const Case& test) {
  std::string text = "under:";
  for (const std::string& refusal : test.refusals) text += " " + refusal;
  return text;
}

void ExpectEngine(const std::string& engine, const Case& test) {
  EXPECT_EQ(engine, test.engine) << Describe(test);
}

TEST(UmviewRefusalTest, AutoTakesWhatWorks) {
  for (const Case& test : kCases) ExpectEngine(EngineUnder(test.refusals), test);
}

TEST(UmviewRefusalTest, TheDoctorSaysTheSame) {
  for (const Case& test : kCases) ExpectEngine(DoctorsEngineUnder(test.refusals), test);
}

TEST(UmviewRefusalTest, NotifyIsNotTakenWithoutAddfd) {
  // As on Linux 5.5 to 5.8.
  EXPECT_EQ(EngineUnder({"addfd=EINVAL"}), "ptrace");
  EXPECT_EQ(DoctorsEngineUnder({"addfd=EINVAL"}), "ptrace");
}

TEST(UmviewRefusalTest, NotifyIsNotTakenWhereNothingCanBeReceived) {
  EXPECT_EQ(EngineUnder({"notif_recv"}), "ptrace");
  EXPECT_EQ(DoctorsEngineUnder({"notif_recv"}), "ptrace");
}

TEST(UmviewRefusalTest, AnEngineAskedForByNameFailsWithTheReason) {
  for (const auto& [refusal, engine] : std::vector<std::pair<std::string, std::string>>{
           {"listener", "notify"},
           {"inherit-listener", "notify"},
           {"addfd=EINVAL", "notify"},
           {"notif_recv", "notify"},
           {"ptrace", "ptrace"}}) {
    ProgramResult result =
        Under({refusal}, {"frontends/umview", "--engine=" + engine, "echo", "outside"});
    EXPECT_EQ(result.code, 125) << refusal;
    EXPECT_EQ(result.out, "") << refusal;
    EXPECT_EQ(result.err.rfind("umview: ", 0), 0u) << result.err;
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
    EXPECT_NE(result.err.find("um_doctor"), std::string::npos) << result.err;
  }
}

TEST(UmviewRefusalTest, NothingRunsOutsideTheView) {
  ProgramResult result =
      Under({"listener", "ptrace"}, {"frontends/umview", "sh", "-c", "echo outside"});
  EXPECT_EQ(result.code, 125);
  EXPECT_EQ(result.out, "");
}

// um_mount, because Docker's filter answers mount(2) before the notify engine sees it.
TEST(UmviewRefusalTest, ServicesWorkInDocker) {
  for (const char* engine : {"auto", "notify", "ptrace"}) {
    std::string name = "/tmp/umview.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    std::string script = "frontends/um_mount -t umramfs none " + name + " && echo x > " + name +
                         "/f && echo y >> " + name + "/f && cat " + name +
                         "/f && frontends/um_umount " + name;
    ProgramResult result = Under({"docker"}, {"frontends/umview", std::string("--engine=") + engine,
                                              "-p", "ramfs", "sh", "-c", script});
    EXPECT_EQ(result.code, 0) << engine;
    EXPECT_EQ(result.out, "x\ny\n") << engine << ": " << result.err;
    EXPECT_EQ(::rmdir(name.c_str()), 0);
  }
}

}  // namespace
}  // namespace umsdk::frontends
