// Fifos, sockets and nodes that have names in a directory.
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

class FileSpecial : public FsTest {
 protected:
  static struct sockaddr_un Address(const std::string& path) {
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return address;
  }
  static int Bind(const Fd& fd, const std::string& path) {
    const struct sockaddr_un address = Address(path);
    return bind(fd.get(), reinterpret_cast<const struct sockaddr*>(&address), sizeof(address));
  }
  static int Connect(const Fd& fd, const std::string& path) {
    const struct sockaddr_un address = Address(path);
    return connect(fd.get(), reinterpret_cast<const struct sockaddr*>(&address), sizeof(address));
  }
  static Fd Socket(int type = SOCK_STREAM) { return Fd(socket(AF_UNIX, type | SOCK_CLOEXEC, 0)); }
};

TEST_F(FileSpecial, FifoCarriesBytesBothSidesWait) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0640), SyscallSucceeds());
  EXPECT_EQ(Stat(P("fifo")).st_mode, static_cast<mode_t>(S_IFIFO | 0640));
  const pid_t child = Fork([&] { EXPECT_EQ(Get(P("fifo")), "through"); });
  AwaitBlockedIn(child, SYS_openat);
  Put(P("fifo"), "through");
  EXPECT_EQ(WaitFor(child), 0);
}

TEST_F(FileSpecial, FifoWithoutWaiting) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  EXPECT_THAT(open(P("fifo").c_str(), O_WRONLY | O_NONBLOCK), SyscallFailsWithErrno(ENXIO));
  const Fd reader = Open(P("fifo"), O_RDONLY | O_NONBLOCK);
  ASSERT_TRUE(reader.ok());
  char byte;
  EXPECT_THAT(read(reader.get(), &byte, 1), SyscallSucceedsWithValue(0)) << "no writer";
  Fd writer = Open(P("fifo"), O_WRONLY | O_NONBLOCK);
  ASSERT_TRUE(writer.ok());
  EXPECT_THAT(read(reader.get(), &byte, 1), SyscallFailsWithErrno(EAGAIN));
  ASSERT_THAT(write(writer.get(), "x", 1), SyscallSucceedsWithValue(1));
  struct pollfd poll_fd = {reader.get(), POLLIN, 0};
  EXPECT_THAT(poll(&poll_fd, 1, -1), SyscallSucceedsWithValue(1));
  EXPECT_THAT(read(reader.get(), &byte, 1), SyscallSucceedsWithValue(1));
  writer.Close();
  EXPECT_THAT(poll(&poll_fd, 1, -1), SyscallSucceedsWithValue(1));
  EXPECT_EQ(poll_fd.revents & POLLHUP, POLLHUP);
  EXPECT_THAT(lseek(reader.get(), 0, SEEK_SET), SyscallFailsWithErrno(ESPIPE));
}

TEST_F(FileSpecial, EveryOpenOfAFifoIsTheSamePipe) {
  ASSERT_THAT(mkfifo(P("fifo").c_str(), 0600), SyscallSucceeds());
  ASSERT_THAT(link(P("fifo").c_str(), P("other").c_str()), SyscallSucceeds());
  const Fd both = Open(P("fifo"), O_RDWR);
  const Fd writer = Open(P("other"), O_WRONLY);
  ASSERT_THAT(unlink(P("fifo").c_str()), SyscallSucceeds());
  ASSERT_THAT(write(writer.get(), "x", 1), SyscallSucceedsWithValue(1));
  char byte;
  EXPECT_THAT(read(both.get(), &byte, 1), SyscallSucceedsWithValue(1));
}

TEST_F(FileSpecial, StreamSocketBindsAndConnects) {
  const Fd listener = Socket();
  ASSERT_THAT(Bind(listener, P("socket")), SyscallSucceeds());
  ASSERT_THAT(listen(listener.get(), 5), SyscallSucceeds());
  EXPECT_TRUE(S_ISSOCK(Stat(P("socket")).st_mode));
  const Fd client = Socket();
  ASSERT_THAT(Connect(client, P("socket")), SyscallSucceeds());
  const Fd server(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  ASSERT_THAT(send(client.get(), "hello", 5, 0), SyscallSucceedsWithValue(5));
  char text[6] = "";
  ASSERT_THAT(recv(server.get(), text, 5, MSG_WAITALL), SyscallSucceedsWithValue(5));
  EXPECT_STREQ(text, "hello");
  struct ucred peer = {};
  socklen_t size = sizeof(peer);
  ASSERT_THAT(getsockopt(server.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size), SyscallSucceeds());
  EXPECT_EQ(peer.pid, getpid());
  EXPECT_EQ(peer.uid, geteuid());
}

TEST_F(FileSpecial, SocketsTellTheirNames) {
  const Fd listener = Socket();
  ASSERT_THAT(Bind(listener, P("socket")), SyscallSucceeds());
  ASSERT_THAT(listen(listener.get(), 5), SyscallSucceeds());
  const Fd client = Socket();
  ASSERT_THAT(Connect(client, P("socket")), SyscallSucceeds());
  struct sockaddr_un name = {};
  socklen_t size = sizeof(name);
  auto* const address = reinterpret_cast<struct sockaddr*>(&name);
  ASSERT_THAT(getsockname(listener.get(), address, &size), SyscallSucceeds());
  EXPECT_EQ(std::string(name.sun_path), P("socket"));
  size = sizeof(name);
  ASSERT_THAT(getpeername(client.get(), address, &size), SyscallSucceeds());
  EXPECT_EQ(std::string(name.sun_path), P("socket"));
}

TEST_F(FileSpecial, SocketErrors) {
  const Fd listener = Socket();
  ASSERT_THAT(Bind(listener, P("socket")), SyscallSucceeds());
  EXPECT_THAT(Bind(Socket(), P("socket")), SyscallFailsWithErrno(EADDRINUSE));
  EXPECT_THAT(Bind(Socket(), P("none/socket")), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(Connect(Socket(), P("socket")), SyscallFailsWithErrno(ECONNREFUSED));
  EXPECT_THAT(Connect(Socket(), P("none")), SyscallFailsWithErrno(ENOENT));
  Put(P("file"), "");
  EXPECT_THAT(Connect(Socket(), P("file")), SyscallFailsWithErrno(ECONNREFUSED));
  EXPECT_THAT(open(P("socket").c_str(), O_RDWR), SyscallFailsWithErrno(ENXIO));
}

TEST_F(FileSpecial, RenamedSocketIsReachedByItsNewName) {
  const Fd listener = Socket();
  ASSERT_THAT(Bind(listener, P("old")), SyscallSucceeds());
  ASSERT_THAT(listen(listener.get(), 5), SyscallSucceeds());
  ASSERT_THAT(rename(P("old").c_str(), P("new").c_str()), SyscallSucceeds());
  EXPECT_THAT(Connect(Socket(), P("old")), SyscallFailsWithErrno(ENOENT));
  EXPECT_THAT(Connect(Socket(), P("new")), SyscallSucceeds());
}

TEST_F(FileSpecial, DatagramsByNameAndRelativePath) {
  PassesInChild([&] {
    ASSERT_THAT(chdir(dir().c_str()), SyscallSucceeds());
    const Fd server = Socket(SOCK_DGRAM);
    ASSERT_THAT(Bind(server, "dgram"), SyscallSucceeds());
    EXPECT_TRUE(S_ISSOCK(Stat(P("dgram")).st_mode));
    const Fd client = Socket(SOCK_DGRAM);
    ASSERT_THAT(Bind(client, "client"), SyscallSucceeds());
    const struct sockaddr_un to = Address("dgram");
    ASSERT_THAT(
        sendto(client.get(), "hi", 2, 0, reinterpret_cast<const struct sockaddr*>(&to), sizeof(to)),
        SyscallSucceedsWithValue(2));
    char text[8];
    struct sockaddr_un from = {};
    socklen_t size = sizeof(from);
    ASSERT_THAT(recvfrom(server.get(), text, sizeof(text), 0,
                         reinterpret_cast<struct sockaddr*>(&from), &size),
                SyscallSucceedsWithValue(2));
    EXPECT_STREQ(from.sun_path, "client");
  });
}

TEST_F(FileSpecial, NodesOfDevices) {
  EXPECT_THAT(mknod(P("plain").c_str(), S_IFREG | 0600, 0), SyscallSucceeds());
  EXPECT_TRUE(S_ISREG(Stat(P("plain")).st_mode));
  EXPECT_THAT(mknod(P("d").c_str(), S_IFDIR | 0700, 0), SyscallFailsWithErrno(EPERM));
  PassesAsPlainUser([&] {
    EXPECT_THAT(mknod(P("null").c_str(), S_IFCHR | 0600, makedev(1, 3)),
                SyscallFailsWithErrno(EPERM));
  });
}

}  // namespace
}  // namespace guest
