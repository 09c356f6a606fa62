#ifndef TESTS_GUESTS_OPEN_FILE_H_
#define TESTS_GUESTS_OPEN_FILE_H_

#include <fcntl.h>
#include <unistd.h>
#include <string>
#include <utility>

#include "tests/guests/fd.h"
#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {

// A test with a file, P("f"), that is open to read and write.
class OpenFileTest : public FsTest {
 protected:
  explicit OpenFileTest(std::string contents) : contents_(std::move(contents)) {}
  void SetUp() override {
    FsTest::SetUp();
    Put(P("f"), contents_);
    fd_ = Open(P("f"), O_RDWR);
  }
  std::string Pread(size_t n, off_t at) {
    std::string text(n, '\0');
    EXPECT_THAT(pread(fd(), text.data(), n, at), SyscallSucceedsWithValue(n));
    return text;
  }
  int fd() const { return fd_.get(); }
  void Close() { fd_.Close(); }

 private:
  const std::string contents_;
  Fd fd_;
};

}  // namespace guest

#endif  // TESTS_GUESTS_OPEN_FILE_H_
