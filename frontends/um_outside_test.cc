// The um_* tools outside a view, by --view, under both engines.
#include <gtest/gtest.h>

#include "frontends/testing/umview_test_base.h"

namespace umsdk::frontends {
namespace {

class UmOutsideTest : public UmviewTestBase {
 protected:
  // `script` runs in a shell beside a view "build", whose supervisor is $view; that one ends after it.
  ProgramResult Beside(const std::string& script) const {
    const std::string tools = Absolute("frontends");
    std::string view;
    for (const std::string& word : Argv({"-V", "build", "-p", "umdev"})) view += "'" + word + "' ";
    return RunProgram({"env", "PATH=" + tools + ":/usr/bin:/bin:/usr/sbin:/sbin", "XDG_RUNTIME_DIR=" + directory_,
                       "LD_LIBRARY_PATH=" + tools + "/testing/services", "ASAN_OPTIONS=detect_leaks=0", "sh", "-c",
                       "mkfifo ready end; exec 8<>ready 9<>end; " + view +
                           "sh -c 'echo >ready; read line <end' & view=$!; read line <&8; " + script +
                           "; echo >&9; wait"},
                      {.env = {}, .in = "", .directory = directory_});
  }
};

TEST_P(UmOutsideTest, FindTheViewByNameNumberAndSocket) {
  ProgramResult result = Beside(
      "um_ls_service --view build; um_add_service --view $view umfuse; um_ls_service --view $PWD/umview/$view-build");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out,
            "um_service 1  code 04 name \"umdev\"\n"
            "um_service 1  code 04 name \"umdev\"\n"
            "um_service 2  code 01 name \"umfuse fuse\"\n");
}

TEST_P(UmOutsideTest, WatchWhatHappensUntilTheViewEnds) {
  // It watches once the first line is there.
  ProgramResult result = Beside(
      "um_events --view build >all & um_events --view build -k service-removed,services-locked -j >some & "
      "until [ -s all ] && [ -s some ]; do "
      "um_add_service --view build umfuse; um_del_service --view build umfuse; done; "
      "um_add_service --view build umfuse; um_lock_service --view build; "
      "until grep -q locked all && grep -qi locked some; do :; done; echo >&9; wait; "
      "tail -n 2 all | sed 's/^[0-9:]* //'; tail -n 1 some | grep -o 'KIND[A-Z_]*'; grep -c ADDED some");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "service-added umfuse\nservices-locked\nKIND_SERVICES_LOCKED\n0\n");
}

TEST_P(UmOutsideTest, KnowTheKindsOfEvents) {
  ProgramResult result = RunProgram({Absolute("frontends/um_events"), "-k", "mounted,dismounted"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err.substr(0, result.err.find('\n')), "um_events: dismounted is no kind of event");
}

TEST_P(UmOutsideTest, SayWhichViewsThereAre) {
  ProgramResult result = Beside(
      "{ um_ls_service; echo $?; um_ls_service --view other; echo $?; } 2>&1 | sed s/$view/NUMBER/");
  EXPECT_EQ(result.out,
            "um_ls_service: not inside a view; --view names one: NUMBER build\n2\n"
            "um_ls_service: no view other; --view names one: NUMBER build\n2\n");
}

TEST_P(UmOutsideTest, AViewThatNobodyAdministersHasNoGrpc) {
  ProgramResult result = Beside(
      "grep -c grpc /proc/$view/maps; um_ls_service --view build; grep -q grpc /proc/$view/maps && echo now");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "0\num_service 1  code 04 name \"umdev\"\nnow\n");
}

TEST_P(UmOutsideTest, TheSocketGoesWithTheView) {
  ProgramResult result = Beside("ls umview | wc -l; echo >&9; wait; ls umview | wc -l");
  EXPECT_EQ(result.out, "1\n0\n");
}

TEST_P(UmOutsideTest, OneThatWasKilledIsNotListed) {
  ProgramResult result = Beside("kill -9 $view; wait; um_ls_service --view build");
  EXPECT_EQ(result.err.substr(result.err.find("um_ls")), "um_ls_service: no view build; no view of this user runs\n");
}

TEST_P(UmOutsideTest, ThereMayBeNoSocket) {
  for (const char* with : {"--no-admin", "--quiet"}) {
    std::vector<std::string> argv = {"env", "XDG_RUNTIME_DIR=" + directory_};
    std::vector<std::string> umview = Argv({with, "sh", "-c", "ls umview | wc -l"});
    argv.insert(argv.end(), umview.begin(), umview.end());
    EXPECT_EQ(RunProgram(argv, {.env = {}, .in = "", .directory = directory_}).out, with[2] == 'n' ? "0\n" : "1\n");
  }
}

TEST_P(UmOutsideTest, SayThatThereIsNoView) {
  ProgramResult result = RunProgram({"env", "XDG_RUNTIME_DIR=" + directory_, Absolute("frontends/um_ls_service")});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "um_ls_service: not inside a view; no view of this user runs\n");
}

TEST_P(UmOutsideTest, AViewStartsAlsoWhereNoSocketIsPossible) {
  std::vector<std::string> argv = {"env", "XDG_RUNTIME_DIR=/nonexistent"}, umview = Argv({"echo", "here"});
  argv.insert(argv.end(), umview.begin(), umview.end());
  ProgramResult result = RunProgram(argv);
  EXPECT_EQ(result.out, "here\n");
  EXPECT_EQ(result.err,
            "nobody outside can administer this view: cannot make /nonexistent/umview: No such file or "
            "directory\n");
}

INSTANTIATE_TEST_SUITE_P(Engines, UmOutsideTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
