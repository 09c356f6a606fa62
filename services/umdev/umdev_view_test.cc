// umdev in a real view: the seed's transcripts, and the disk tools of the distribution.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sdk/base/mutex.h"
#include "services/umdev/umdev_service.h"
#include "umsdk/umsdk.h"

namespace umsdk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// The lines that the view's owner gets.
class EventLog {
 public:
  void Add(const std::string& line) {
    MutexLock lock(mutex_);
    lines_.push_back(line);
    changed_.notify_all();
  }
  // All lines that hold `prefix`, once `last` is among them: a release follows the close on its
  // own.
  std::vector<std::string> WaitFor(const std::string& prefix, const std::string& last) {
    MutexLock lock(mutex_);
    for (;;) {
      std::vector<std::string> found;
      for (const std::string& line : lines_) {
        size_t at = line.find(prefix);
        if (at != std::string::npos) found.push_back(line.substr(at));
      }
      if (std::find(found.begin(), found.end(), last) != found.end()) return found;
      changed_.wait(mutex_);
    }
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> lines_;
};

class UmdevViewTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/umdev.XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    absl::StatusOr<Supervisor> supervisor =
        Supervisor::Builder()
            .AddService(CreateUmdevService(""))
            .OnEvent([this](const std::string& line) { events_.Add(line); })
            .Build();
    ASSERT_TRUE(supervisor.ok()) << supervisor.status();
    supervisor_.emplace(*std::move(supervisor));
  }
  void TearDown() override {
    supervisor_.reset();
    std::filesystem::remove_all(dir_);
  }
  void Mount(const std::string& type, const std::string& node, const std::string& options) {
    absl::Status status = supervisor_->Mount("none", dir_ + "/" + node, type, 0, options);
    ASSERT_TRUE(status.ok()) << status;
  }
  // What a shell command, run in the directory, prints on both outputs, and "[STATUS]" if not 0.
  std::string Shell(const std::string& script) {
    const std::string out = dir_ + "/.output";
    const std::string wrapped = "{ " + script + "\n} > " + out + " 2>&1";
    absl::StatusOr<ExitStatus> exit =
        supervisor_->Run(Command("/bin/sh")
                             .Args({"-c", wrapped})
                             .Env("LC_ALL", "C")
                             .Env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                             .Cwd(dir_));
    EXPECT_TRUE(exit.ok()) << exit.status();
    std::ostringstream text;
    text << std::ifstream(out).rdbuf();
    if (exit.ok() && exit->code != 0) text << "[" << exit->code << "]";
    return text.str();
  }
  static bool Have(const std::string& tool) {
    return access(("/usr/sbin/" + tool).c_str(), X_OK) == 0 ||
           access(("/usr/bin/" + tool).c_str(), X_OK) == 0;
  }

  std::string dir_;
  EventLog events_;
  std::optional<Supervisor> supervisor_;
};

TEST_F(UmdevViewTest, NullNode) {
  Mount("umdevnull", "null", "");
  std::string owner = std::to_string(geteuid()) + " " + std::to_string(getegid());
  EXPECT_THAT(Shell("TZ=UTC ls -ln null"),
              StartsWith("crw------- 0 " + owner + " 0, 0 Jan  1  1970 null"));
}

TEST_F(UmdevViewTest, NullTranscript) {
  Mount("umdevnull", "null", "");
  EXPECT_THAT(Shell("dd if=/dev/zero of=null bs=4096 count=2 status=none"), "");
  EXPECT_THAT(events_.WaitFor("null_", "null_release c 0 0 flag 0"),
              ElementsAre("null_open c 0 0 flag 8001", "null_write c 0 0 len 4096",
                          "null_write c 0 0 len 4096", "null_release c 0 0 flag 0"));
}

TEST_F(UmdevViewTest, TrivhdTranscript) {
  Mount("umdevtrivhd", "chardev", "");
  std::string written = Shell("dd if=/dev/urandom of=chardev");
  EXPECT_THAT(written, HasSubstr("129+0 records in\n128+0 records out\n65536 bytes"));
  std::string sum = Shell("cat chardev | md5sum");
  std::string read = Shell("dd if=chardev of=chardev_content");
  EXPECT_THAT(read, HasSubstr("128+0 records in\n128+0 records out\n65536 bytes"));
  EXPECT_EQ(Shell("md5sum < chardev_content"), sum);
}

TEST_F(UmdevViewTest, RamdiskGoesWithItsMount) {
  Mount("umdevramdisk", "rd", "");
  EXPECT_EQ(Shell("printf hello > rd; dd if=rd bs=5 count=1 status=none"), "hello");
  ASSERT_TRUE(supervisor_->Unmount(dir_ + "/rd", 0).ok());
  EXPECT_EQ(Shell("test -e rd || echo gone"), "gone\n");
  Mount("umdevramdisk", "rd", "");
  EXPECT_EQ(Shell("cmp -n 4096 rd /dev/zero"), "");
}

TEST_F(UmdevViewTest, Blockdev) {
  if (!Have("blockdev")) GTEST_SKIP() << "no blockdev here";
  Mount("umdevramdisk", "rd", "size=100M,mbr");
  EXPECT_EQ(Shell("blockdev --getsize64 --getsz --getss --getpbsz --getbsz --getra --getro "
                  "--getiomin --getioopt --getalignoff --getmaxsect --getdiscardzeroes rd"),
            "104857600\n204800\n512\n512\n4096\n256\n0\n512\n0\n0\n2560\n0\n");
  EXPECT_EQ(Shell("blockdev --setra 64 --getra --setbsz 1024 --getbsz --flushbufs --rereadpt rd"),
            "64\n1024\n");
  EXPECT_THAT(Shell("blockdev --setro rd && dd if=/dev/zero of=rd bs=512 count=1"),
              HasSubstr("Operation not permitted"));
  EXPECT_THAT(Shell("blockdev --setrw rd && dd if=/dev/zero of=rd bs=512 count=1"),
              HasSubstr("1+0 records out"));
}

TEST_F(UmdevViewTest, Ext2) {
  if (!Have("mkfs.ext2")) GTEST_SKIP() << "no mkfs.ext2 here";
  Mount("umdevramdisk", "rd", "size=100M,mbr");
  EXPECT_THAT(Shell("mkfs.ext2 -q rd && e2fsck -fn rd"),
              testing::ContainsRegex("rd: 11/[0-9]+ files"));
}

TEST_F(UmdevViewTest, Fdisk) {
  if (!Have("fdisk") || !Have("sfdisk")) GTEST_SKIP() << "no fdisk here";
  Mount("umdevramdisk", "rd", "size=100M,mbr");
  EXPECT_THAT(Shell("fdisk -l rd"), HasSubstr("100 MiB, 104857600 bytes, 204800 sectors"));
  EXPECT_THAT(Shell("printf 'label: dos\\n2048,4096,83\\n' | sfdisk -q rd; sfdisk -d rd"),
              HasSubstr("rd1 : start=        2048, size=        4096, type=83"));
}

TEST_F(UmdevViewTest, BlkdiscardMakesZeros) {
  if (!Have("blkdiscard")) GTEST_SKIP() << "no blkdiscard here";
  Mount("umdevramdisk", "rd", "size=1M");
  EXPECT_EQ(
      Shell("dd if=/dev/urandom of=rd bs=64k count=16 status=none; blkdiscard -f rd 2>/dev/null &&"
            " cmp -n 1048576 rd /dev/zero && blkdiscard -f -z rd 2>/dev/null && dd if=rd status=none | wc -c"),
      "1048576\n");
}

TEST_F(UmdevViewTest, ABadOptionFailsTheMount) {
  absl::Status status = supervisor_->Mount("none", dir_ + "/x", "umdevnull", 0, "color=blue");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(events_.WaitFor("umdevnull:", "umdevnull: unknown option \"color=blue\""),
              testing::SizeIs(1));
}

}  // namespace
}  // namespace umsdk
