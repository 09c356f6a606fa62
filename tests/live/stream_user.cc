// stream_user DIR poll|nopoll|PID: what a guest sees of the files of stream_daemon. PID: of the daemon,
// which is killed meanwhile.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/live/stream_calls.h"

namespace umsdk::live {
namespace {

void CannotBeSought(const char* name) {
  const int fd = Open(name, O_RDWR);
  char byte;
  CHECK_ERRNO(::lseek(fd, 0, SEEK_CUR), ESPIPE);
  CHECK_ERRNO(::lseek(fd, 0, SEEK_END), ESPIPE);
  CHECK_ERRNO(::lseek(fd, 0, SEEK_DATA), ESPIPE);
  CHECK_ERRNO(::pread(fd, &byte, 1, 0), ESPIPE);
  CHECK_ERRNO(::pwrite(fd, "x", 1, 0), ESPIPE);
  CHECK((::fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
  struct stat st;
  CHECK(::fstat(fd, &st) == 0 && S_ISREG(st.st_mode));
  char path[64];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof(path));
  CHECK(size > 0 && std::string(path, static_cast<size_t>(size)).ends_with(std::string("/") + name));
  ::close(fd);
}

void InOrder(const std::string& name) {
  const int fd = Open(name, O_RDONLY);
  CHECK(Read(fd, 3) == "abc");
  const int copy = ::dup(fd);
  CHECK(Read(copy, 2) == "de");
  CHECK(Read(fd, 100) == "fghijklmnopqrstuvwxyz");
  CHECK(Read(fd, 100).empty());
  ::close(fd);
  ::close(copy);
}

void LongNames() {
  InOrder(std::string(300, 'l'));
  CHECK_ERRNO(::open((dir + "/" + std::string(1024, 'l')).c_str(), O_RDONLY), ENOENT);
  CHECK_ERRNO(::open((dir + "/" + std::string(1025, 'l')).c_str(), O_RDONLY), ENAMETOOLONG);
  CHECK_ERRNO(::mkdir((dir + "/" + std::string(1025, 'l')).c_str(), 0755), ENAMETOOLONG);
}

void OpenOnceAtATime() {
  for (int i = 0; i < 20; ++i) {
    const int fd = Open("once", O_RDONLY);
    CHECK_ERRNO(::open((dir + "/once").c_str(), O_RDONLY), EBUSY);
    CHECK(Read(fd, 1) == "a");
    ::close(fd);
  }
}

void PollFollows() {
  const int reader = Open("stream", O_RDONLY | O_NONBLOCK), writer = Open("stream", O_WRONLY);
  CHECK(Poll(reader, POLLIN, 0) == 0);
  char byte;
  CHECK_ERRNO(::read(reader, &byte, 1), EAGAIN);
  for (int i = 0; i < 20; ++i) {
    CHECK(Poll(writer, POLLOUT, 0) == POLLOUT);
    Write(writer, "hello");
    CHECK(Poll(reader, POLLIN, -1) == POLLIN);
    CHECK(Read(reader, 3) == "hel");
    CHECK(Poll(reader, POLLIN, 0) == POLLIN);
    CHECK(Read(reader, 3) == "lo");
    CHECK(Poll(reader, POLLIN, 0) == 0);
  }
  Write(writer, "sixteen letters.");
  CHECK(Poll(writer, POLLOUT, 0) == 0);
  CHECK_ERRNO(::write(writer, "x", 1), EAGAIN);
  CHECK(Poll(reader, POLLIN, -1) == POLLIN);
  CHECK(Read(reader, 100) == "sixteen letters.");
  CHECK(Poll(writer, POLLOUT, -1) == POLLOUT);
  ::close(reader);
  ::close(writer);
}

// One that is open for both.
void BothWays() {
  const int fd = Open("stream", O_RDWR | O_NONBLOCK);
  constexpr short kBoth = POLLIN | POLLOUT;
  CHECK(Poll(fd, kBoth, 0) == POLLOUT);
  Write(fd, "hello");
  CHECK(Poll(fd, kBoth, 0) == kBoth);
  Write(fd, "12345678901");
  CHECK(Poll(fd, kBoth, 0) == POLLIN);
  fd_set readable, writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_SET(fd, &readable);
  FD_SET(fd, &writable);
  timeval none = {0, 0};
  CHECK(::select(fd + 1, &readable, &writable, nullptr, &none) == 1 && FD_ISSET(fd, &readable));
  CHECK(Read(fd, 16) == "hello12345678901");
  CHECK(Poll(fd, kBoth, 0) == POLLOUT);
  ::close(fd);
}

void WaitersAreWoken() {
  const int writer = Open("stream", O_WRONLY);
  pid_t child = Fork([] {
    const int reader = Open("stream", O_RDONLY);
    CHECK(Poll(reader, POLLIN, -1) == POLLIN);
    CHECK(Read(reader, 100) == "polled");
  });
  Await(child, SYS_poll);
  Write(writer, "polled");
  AwaitEnd(child, 0);
  child = Fork([] { CHECK(Read(Open("stream", O_RDONLY), 100) == "read"); });
  Await(child, SYS_read);
  Write(writer, "read");
  AwaitEnd(child, 0);
  child = Fork([] { (void)Read(Open("stream", O_RDONLY), 100); });
  Await(child, SYS_read);
  ::kill(child, SIGTERM);
  AwaitEnd(child, SIGTERM);
  // In a view its read ends a moment later than itself, and may take what comes meanwhile.
  const int reader = Open("stream", O_RDONLY);
  do {
    Write(writer, "x");
  } while (Poll(reader, POLLIN, 100) == 0);
  CHECK(Read(reader, 100) == "x");
  ::close(reader);
  ::close(writer);
}

void Epoll() {
  const int reader = Open("stream", O_RDONLY), writer = Open("stream", O_WRONLY);
  CHECK(::fcntl(reader, F_SETFL, O_NONBLOCK) == 0);
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event = {}, got = {};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = 42;
  CHECK(::epoll_ctl(epoll, EPOLL_CTL_ADD, reader, &event) == 0);
  CHECK(::epoll_wait(epoll, &got, 1, 0) == 0);
  Write(writer, "one");
  CHECK(::epoll_wait(epoll, &got, 1, -1) == 1 && got.data.u64 == 42 && got.events == EPOLLIN);
  // What is not read yet does not hide what comes.
  Write(writer, "two");
  CHECK(::epoll_wait(epoll, &got, 1, -1) == 1);
  CHECK(Read(reader, 100) == "onetwo");
  char byte;
  CHECK_ERRNO(::read(reader, &byte, 1), EAGAIN);
  event.events = EPOLLIN;
  CHECK(::epoll_ctl(epoll, EPOLL_CTL_MOD, reader, &event) == 0);
  CHECK(::epoll_wait(epoll, &got, 1, 0) == 0);
  ::close(epoll);
  ::close(reader);
  ::close(writer);
}

// A daemon that has no POLL.
void AlwaysReady() {
  const int fd = Open("stream", O_RDWR);
  CHECK(Poll(fd, POLLIN | POLLOUT, 0) == (POLLIN | POLLOUT));
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event = {}, got = {};
  event.events = EPOLLIN | EPOLLOUT;
  CHECK(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
  CHECK(::epoll_wait(epoll, &got, 1, -1) == 1 && got.events == (EPOLLIN | EPOLLOUT));
  ::close(epoll);
  ::close(fd);
}

// The parent kills the daemon meanwhile.
void DaemonDies(pid_t daemon) {
  const int fd = Open("stream", O_RDONLY);
  CHECK(Poll(fd, POLLIN, 0) == 0);
  const pid_t child = Fork([&] { CHECK(Poll(fd, POLLIN, -1) != 0); });
  Await(child, SYS_poll);
  CHECK(::kill(daemon, SIGKILL) == 0);
  AwaitEnd(child, 0);
  char byte;
  CHECK(::read(fd, &byte, 1) < 0);
}

}  // namespace
}  // namespace umsdk::live

int main(int argc, char** argv) {
  using namespace umsdk::live;
  if (argc < 3) return 2;
  dir = argv[1];
  const std::string what = argv[2];
  if (what == "nopoll") {
    AlwaysReady();
  } else if (what == "poll") {
    for (const char* name : {"stream", "order", "cached"}) CannotBeSought(name);
    InOrder("order");
    InOrder("cached");
    LongNames();
    OpenOnceAtATime();
    PollFollows();
    BothWays();
    WaitersAreWoken();
    Epoll();
    CHECK(::mmap(nullptr, 1, PROT_READ, MAP_SHARED, Open("order", O_RDONLY), 0) == MAP_FAILED);
    CHECK(errno == ENODEV);
  } else {
    DaemonDies(std::atoi(argv[2]));
  }
}
