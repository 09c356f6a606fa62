// The answers under filters that refuse one mechanism each must be true: that one is refused, and
// those that do not need it are not.
#include <gtest/gtest.h>

#include "frontends/testing/answers.h"
#include "frontends/testing/run_program.h"

namespace umsdk::frontends {
namespace {

constexpr char kRefuse[] = "frontends/testing/refuse";
constexpr char kPrintAnswers[] = "frontends/testing/print_answers";

std::string AnswersUnder(const std::vector<std::string>& refusals) {
  std::vector<std::string> argv;
  if (!refusals.empty()) {
    argv.push_back(kRefuse);
    argv.insert(argv.end(), refusals.begin(), refusals.end());
    argv.push_back("--");
  }
  argv.push_back(kPrintAnswers);
  // A sanitizer that looks for leaks at the end would need ptrace.
  ProgramOptions options;
  options.env = {"ASAN_OPTIONS=detect_leaks=0"};
  ProgramResult result = RunProgram(argv, options);
  EXPECT_EQ(result.code, 0) << result.err;
  return result.out;
}

struct Case {
  const char* refusal;
  std::vector<std::pair<const char*, const char*>> expected;
};

class ProbesTest : public testing::Test {
 protected:
  // What works here without a refusal; a test machine need not have everything.
  static void SetUpTestSuite() { plain_ = new std::string(AnswersUnder({})); }
  static void TearDownTestSuite() { delete plain_; }
  static bool WorksPlainly(const std::string& name) { return AnswerTo(name, *plain_) == "yes"; }

  static void Check(const Case& test) {
    std::string answers = AnswersUnder({test.refusal});
    for (const auto& [name, expected] : test.expected) {
      if (!WorksPlainly(name)) continue;
      EXPECT_EQ(AnswerTo(name, answers), expected) << name << " under " << test.refusal;
    }
    EXPECT_EQ(AnswerTo("unfiltered", answers), "no null") << test.refusal;
  }

  static inline std::string* plain_ = nullptr;
};

TEST_F(ProbesTest, EverythingIsAnswered) {
  for (const char* name : {"notify",
                           "notify_continue",
                           "notify_addfd",
                           "notify_addfd_send",
                           "notify_wait_killable",
                           "notify_sync_wake_up",
                           "ptrace",
                           "ptrace_seize",
                           "ptrace_one_stop",
                           "yama",
                           "process_vm_readv",
                           "process_vm_writev",
                           "proc_mem",
                           "pidfd_getfd",
                           "pidfd_thread",
                           "memfd",
                           "memfd_exec",
                           "user_namespace",
                           "private_tmpfs",
                           "mount",
                           "landlock",
                           "tun",
                           "seccomp_actions",
                           "unfiltered",
                           "privileges",
                           "programs_32_bit",
                           "outermost"}) {
    EXPECT_NE(AnswerTo(name, *plain_), "") << name;
  }
}

TEST_F(ProbesTest, RefusedSeccomp) {
  Check({"seccomp", {{"notify", "no EPERM"}, {"notify_addfd", "no EPERM"}, {"ptrace", "yes"}}});
  Check({"listener",
         {{"notify", "no EPERM"}, {"notify_wait_killable", "no EPERM"}, {"ptrace", "yes"}}});
  Check({"listener=ENOSYS", {{"notify", "no ENOSYS"}}});
}

TEST_F(ProbesTest, RefusedPartsOfNotify) {
  Check({"notif_recv", {{"notify", "no EPERM"}, {"notify_continue", "no EPERM"}}});
  Check({"addfd=EINVAL",
         {{"notify", "yes"}, {"notify_addfd", "no EINVAL"}, {"notify_addfd_send", "no EINVAL"}}});
  Check({"wait_killable=EINVAL", {{"notify", "yes"}, {"notify_wait_killable", "no EINVAL"}}});
  Check({"sync_wake_up=EINVAL", {{"notify", "yes"}, {"notify_sync_wake_up", "no EINVAL"}}});
}

TEST_F(ProbesTest, RefusedPtrace) {
  Check({"ptrace", {{"ptrace", "no EPERM"}, {"ptrace_seize", "no EPERM"}, {"notify", "yes"}}});
}

TEST_F(ProbesTest, RefusedMemoryAccess) {
  Check({"process_vm_readv",
         {{"process_vm_readv", "no EPERM"}, {"process_vm_writev", "yes"}, {"proc_mem", "yes"}}});
  Check({"process_vm_writev=ENOSYS",
         {{"process_vm_readv", "yes"}, {"process_vm_writev", "no ENOSYS"}}});
}

TEST_F(ProbesTest, RefusedDescriptors) {
  Check({"pidfd_getfd", {{"pidfd_getfd", "no EPERM"}, {"pidfd_thread", "yes"}}});
  Check({"pidfd_open=ENOSYS", {{"pidfd_getfd", "no ENOSYS"}, {"pidfd_thread", "no ENOSYS"}}});
}

TEST_F(ProbesTest, RefusedImages) {
  Check({"memfd_create", {{"memfd", "no EPERM"}, {"memfd_exec", "no EPERM"}}});
  Check({"execveat=EACCES", {{"memfd", "yes"}, {"memfd_exec", "no EACCES"}}});
}

TEST_F(ProbesTest, RefusedNameSpaces) {
  Check({"unshare", {{"user_namespace", "no EPERM"}, {"private_tmpfs", "no EPERM"}}});
  Check({"user_namespace", {{"user_namespace", "no EPERM"}}});
  Check(
      {"mount", {{"mount", "no EPERM"}, {"private_tmpfs", "no EPERM"}, {"user_namespace", "yes"}}});
  Check({"mount=ENOSYS", {{"mount", "no ENOSYS"}}});
}

TEST_F(ProbesTest, RefusedExtras) {
  Check({"landlock=EOPNOTSUPP", {{"landlock", "no EOPNOTSUPP"}}});
  Check({"tun", {{"tun", "no EPERM"}}});
}

TEST_F(ProbesTest, AFilterThatRefusesNothing) {
  Check({"nothing",
         {{"notify", "yes"}, {"ptrace", "yes"}, {"mount", "yes"}, {"ptrace_one_stop", "no null"}}});
}

TEST_F(ProbesTest, AnInheritedListener) {
  Check({"inherit-listener",
         {{"notify", "no EBUSY"}, {"notify_addfd", "no EBUSY"}, {"ptrace", "yes"}}});
}

TEST_F(ProbesTest, DockersDefaultProfile) {
  Check({"docker",
         {{"notify", "yes"},
          {"notify_addfd", "yes"},
          {"ptrace", "yes"},
          {"process_vm_readv", "yes"},
          {"pidfd_getfd", "no EPERM"},
          {"user_namespace", "no EPERM"},
          {"mount", "no EPERM"},
          {"memfd_exec", "yes"}}});
}

}  // namespace
}  // namespace umsdk::frontends
