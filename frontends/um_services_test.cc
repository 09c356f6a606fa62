// The um_* tools that administer the services of a view: the transcripts of their documentation, under
// both engines.
#include <gtest/gtest.h>

#include "frontends/testing/umview_test_base.h"

namespace umsdk::frontends {
namespace {

constexpr char kThree[] =
    "um_service 1  code 04 name \"umdev\"\n"
    "um_service 2  code 01 name \"umfuse fuse\"\n"
    "um_service 3  code 02 name \"light weight ipv6 stack\"\n";

class UmServicesTest : public UmviewTestBase {
 protected:
  // The script sees the tools by their names, and modules by theirs.
  ProgramResult Session(const std::vector<std::string>& options, const std::string& script) const {
    const std::string tools = Absolute("frontends");
    std::vector<std::string> argv = {"env", "PATH=" + tools + ":/usr/bin:/bin:/usr/sbin:/sbin",
                                     "LD_LIBRARY_PATH=" + tools + "/testing/services",
                                     "ASAN_OPTIONS=detect_leaks=0"};
    std::vector<std::string> umview = Argv(options);
    argv.insert(argv.end(), umview.begin(), umview.end());
    argv.insert(argv.end(), {"sh", "-c", script});
    return RunProgram(argv, {.env = {}, .in = "", .directory = directory_});
  }
};

TEST_P(UmServicesTest, ListsAndRemovesByPositionAndByCode) {
  ProgramResult result = Session({}, "um_add_service umdev; um_add_service umfuse; um_ls_service; "
                                     "um_del_service -p 1; um_ls_service; um_del_service -c 01; um_ls_service");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out,
            "um_service 1  code 04 name \"umdev\"\n"
            "um_service 2  code 01 name \"umfuse fuse\"\n"
            "um_service 1  code 01 name \"umfuse fuse\"\n");
  EXPECT_EQ(result.code, 0);
}

TEST_P(UmServicesTest, ListsWhatWasLoadedWithTheView) {
  ProgramResult result = Session({"-p", "umdev", "-p", "umfuse", "-p", "lwipv6"}, "um_ls_service");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, kThree);
}

TEST_P(UmServicesTest, LockRefusesChanges) {
  ProgramResult result = Session({"-p", "umdev", "-p", "umfuse", "-p", "lwipv6"},
                                 "um_lock_service; um_add_service umbinfmt; echo $?; um_del_service -p 1; echo $?; "
                                 "um_mov_service -p 1 2; echo $?; um_ls_service");
  EXPECT_EQ(result.err,
            "umbinfmt init\n"
            "umbinfmt fini\n"
            "um_add_service: Bad address\n"
            "um_del_service: Function not implemented\n"
            "um_mov_service: Function not implemented\n");
  EXPECT_EQ(result.out, std::string("255\n255\n255\n") + kThree);
}

TEST_P(UmServicesTest, LockHidesOnDemand) {
  ProgramResult result = Session({"-p", "umdev"}, "um_lock_service; um_lock_service -i; echo $?; um_ls_service; echo $?; "
                                                  "um_add_service umfuse; um_lock_service");
  EXPECT_EQ(result.out, "0\n255\n");
  EXPECT_EQ(result.err,
            "um_list_service: Function not implemented\n"
            "um_list_service: Function not implemented\n"
            "um_add_service: Function not implemented\n"
            "um_lock_service: Function not implemented\n");
}

TEST_P(UmServicesTest, MovesServicesInTheChain) {
  ProgramResult result =
      Session({"-p", "identity", "-p", "unreal", "-p", "umdev", "-p", "lwipv6"},
              "um_ls_service; echo; um_mov_service -p 4 1; um_ls_service; um_mov_service -c f9 99; "
              "um_mov_service umdev 1; um_ls_service | cut -d' ' -f2-5");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out,
            "um_service 1  code f9 name \"Identity (server side)\"\n"
            "um_service 2  code fe name \"/unreal Mapping to FS (server side)\"\n"
            "um_service 3  code 04 name \"umdev\"\n"
            "um_service 4  code 02 name \"light weight ipv6 stack\"\n"
            "\n"
            "um_service 1  code 02 name \"light weight ipv6 stack\"\n"
            "um_service 2  code f9 name \"Identity (server side)\"\n"
            "um_service 3  code fe name \"/unreal Mapping to FS (server side)\"\n"
            "um_service 4  code 04 name \"umdev\"\n"
            "1  code 04\n2  code 02\n3  code fe\n4  code f9\n");
}

TEST_P(UmServicesTest, AddPutsWhereItIsTold) {
  ProgramResult result = Session({"-p", "umdev"}, "um_add_service -p 1 umbinfmt.so; um_add_service --position 9 umfuse,; "
                                                  "um_ls_service | cut -d' ' -f2-5; um_add_service umdev; echo $?");
  EXPECT_EQ(result.out, "1  code 03\n2  code 04\n3  code 01\n255\n");
  EXPECT_EQ(result.err, "umbinfmt init\num_add_service: service umdev is loaded already\numbinfmt fini\n");
}

TEST_P(UmServicesTest, WhatIsInUseStaysUnlessForced) {
  ProgramResult result = Session({}, "um_add_service ramfs; mkdir m; " + mount_ + " -t umramfs none m; echo hi > m/f; "
                                     "um_del_service ramfs; echo $?; exec 3<m/f; " + umount_ + " -l m; "
                                     "um_del_service ramfs; echo $?; cat <&3; exec 3<&-; um_del_service ramfs; "
                                     "um_add_service ramfs; " + mount_ + " -t umramfs none m; "
                                     "um_del_service -f ramfs; echo $?; um_ls_service; ls m");
  EXPECT_EQ(result.out, "255\n255\nhi\n0\n");
  EXPECT_EQ(result.err, "um_del_service: service ramfs is in use by the mount on " + directory_ +
                            "/m; unmount it first\num_del_service: files of service ramfs are open\n");
}

TEST_P(UmServicesTest, ASealedViewChangesNothing) {
  ProgramResult result = Session({"--seal", "-p", "ramfs"}, "um_add_service umdev; um_ls_service");
  EXPECT_EQ(result.err, "um_add_service: the view is sealed: its services are fixed\n");
  EXPECT_EQ(result.out, "um_service 1  code 00 name \"file systems in memory\"\n");
}

TEST_P(UmServicesTest, ASubViewHasServicesOfItsOwn) {
  ProgramResult result =
      Session({"-q", "-p", "umdev"}, "umview -q -p ramfs sh -c 'um_del_service umdev; um_ls_service; um_lock_service'; "
                                     "um_ls_service; um_add_service umfuse; echo $?");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out,
            "um_service 1  code 00 name \"file systems in memory\"\n"
            "um_service 1  code 04 name \"umdev\"\n0\n");
}

TEST_P(UmServicesTest, WrongWordsAreToldFromOtherTroubles) {
  ProgramResult result = Session({}, "um_del_service -p 1 -c 2; echo $?; um_del_service; echo $?; um_mov_service -p 1; "
                                     "echo $?; um_del_service -p 1; echo $?; um_add_service nothing; echo $?");
  EXPECT_EQ(result.out, "1\n1\n1\n255\n255\n");
  EXPECT_NE(result.err.find("um_del_service: -p or -c must be specified (but not both)\n"), std::string::npos);
  EXPECT_NE(result.err.find("um_del_service: no service at position 1 is loaded\n"), std::string::npos);
  EXPECT_NE(result.err.find("um_add_service: no such service: "), std::string::npos);
}

TEST_P(UmServicesTest, JsonHasNamesAndClaims) {
  ProgramResult result = Session({"-p", "umdev"}, "um_ls_service --json");
  EXPECT_EQ(result.out,
            "{\"services\":[{\"position\":1,\"code\":4,\"name\":\"umdev\",\"description\":\"umdev\","
            "\"claims\":[\"file system umdev\"],\"mounts\":0}]}\n");
}

INSTANTIATE_TEST_SUITE_P(Engines, UmServicesTest, testing::Values("notify", "ptrace"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace umsdk::frontends
