#include "frontends/doctor/report.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace umsdk::frontends {
namespace {

constexpr Probe kGood = {"notify", "the trap", nullptr};
constexpr Probe kBad = {"memfd_exec", "virtual programs", nullptr};

Diagnosis Example() {
  Diagnosis diagnosis;
  diagnosis.host.kernel = "6.1.0";
  diagnosis.answers = {{&kGood, {true, 0, "it works", ""}},
                       {&kBad, {false, EACCES, "memfd_create: Permission denied", "set it to 1"}}};
  diagnosis.engine = "notify";
  return diagnosis;
}

TEST(ReportTest, Text) {
  EXPECT_EQ(DiagnosisText(Example()),
            "Linux 6.1.0\n\n"
            "notify                yes  it works\n"
            "memfd_exec            no   EACCES: memfd_create: Permission denied\n"
            "                           remedy: set it to 1\n"
            "\numview works here: --engine=auto takes notify.\n");
}

TEST(ReportTest, Json) {
  EXPECT_EQ(
      DiagnosisJson(Example()),
      R"({"works":true,"engine":"notify","why":null,"kernel":"6.1.0","answers":[)"
      R"({"name":"notify","meaning":"the trap","yes":true,"errno":null,"detail":"it works",)"
      R"("remedy":null},{"name":"memfd_exec","meaning":"virtual programs","yes":false,)"
      R"("errno":"EACCES","detail":"memfd_create: Permission denied","remedy":"set it to 1"}]})");
}

TEST(ReportTest, SaysWhyNothingWorks) {
  Diagnosis diagnosis = Example();
  diagnosis.engine = "";
  diagnosis.no_engine = "ptrace is refused";
  EXPECT_NE(DiagnosisText(diagnosis).find("umview does not work here: ptrace is refused.\n"),
            std::string::npos);
  EXPECT_EQ(
      DiagnosisJson(diagnosis).find(R"({"works":false,"engine":null,"why":"ptrace is refused")"),
      0u);
}

}  // namespace
}  // namespace umsdk::frontends
