// stream_daemon DIR [nopoll]: a FUSE daemon with files that cannot be sought, without a library. It
// mounts itself on DIR, and ends when that is unmounted.
//   stream  what is written to it can be read once; holds 16 bytes (FOPEN_STREAM)
//   order   the letters of the alphabet (FOPEN_NONSEEKABLE)
//   once    like order, and can be open once only
//   cached  like order, through the page cache
//   lll...  like order, with a name of 300 letters
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr uint64_t kStream = 2, kOrder = 3, kOnce = 4, kCached = 5, kLong = 6;
constexpr size_t kRoom = 16;
const std::string kLetters = "abcdefghijklmnopqrstuvwxyz";
const std::map<std::string, uint64_t> kNames = {{"stream", kStream},
                                                {"order", kOrder},
                                                {"once", kOnce},
                                                {"cached", kCached},
                                                {std::string(300, 'l'), kLong}};

class Daemon {
 public:
  Daemon(int device, bool polls) : device_(device), polls_(polls) {}

  void Serve() {
    std::vector<char> buffer(1 << 18);
    ssize_t size;
    while ((size = ::read(device_, buffer.data(), buffer.size())) > 0 || errno == EINTR) {
      if (size < static_cast<ssize_t>(sizeof(fuse_in_header))) continue;
      std::memcpy(&header_, buffer.data(), sizeof(header_));
      body_.assign(buffer.data() + sizeof(header_), static_cast<size_t>(size) - sizeof(header_));
      Answer();
      Advance();
    }
  }

 private:
  template <typename Struct>
  Struct As() const {
    Struct value = {};
    std::memcpy(&value, body_.data(), std::min(sizeof(value), body_.size()));
    return value;
  }
  void Send(uint64_t unique, int error, const void* bytes, size_t size) {
    fuse_out_header out = {static_cast<uint32_t>(sizeof(out) + size), error, unique};
    iovec parts[] = {{&out, sizeof(out)}, {const_cast<void*>(bytes), size}};
    (void)!::writev(device_, parts, 2);
  }
  void Fail(int error) { Send(header_.unique, -error, nullptr, 0); }
  void Say(const std::string& bytes) { Send(header_.unique, 0, bytes.data(), bytes.size()); }
  template <typename Struct>
  void Put(const Struct& value) {
    Send(header_.unique, 0, &value, sizeof(value));
  }

  void Answer();
  void Open();
  void Read();
  void Write();
  void Poll();
  void List();
  void Advance();
  fuse_attr AttrOf(uint64_t node) const;
  bool Waits() const { return (As<fuse_read_in>().flags & O_NONBLOCK) == 0; }

  const int device_;
  const bool polls_;
  fuse_in_header header_ = {};
  std::string body_;
  std::string stream_;
  bool once_open_ = false;
  std::vector<std::pair<uint64_t, uint32_t>> readers_;  // who waits for bytes, and how many
  std::set<uint64_t> pollers_;
  bool changed_ = false;
};

fuse_attr Daemon::AttrOf(uint64_t node) const {
  fuse_attr attr = {};
  attr.ino = node;
  attr.nlink = 1;
  attr.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0666;
  attr.size = node == kCached ? kLetters.size() : 0;
  attr.uid = ::getuid();
  attr.gid = ::getgid();
  return attr;
}

void Daemon::Open() {
  if (header_.nodeid == kOnce && std::exchange(once_open_, true)) return Fail(EBUSY);
  fuse_open_out out = {};
  out.open_flags = header_.nodeid == kStream ? FOPEN_STREAM : FOPEN_NONSEEKABLE;
  if (header_.nodeid != kCached) out.open_flags |= FOPEN_DIRECT_IO;
  Put(out);
}

void Daemon::Read() {
  auto in = As<fuse_read_in>();
  if (header_.nodeid != kStream) {
    return Say(in.offset < kLetters.size() ? kLetters.substr(in.offset, in.size) : "");
  }
  if (in.offset != 0) return Fail(EIO);
  if (stream_.empty() && !Waits()) return Fail(EAGAIN);
  readers_.emplace_back(header_.unique, in.size);
}

void Daemon::Write() {
  auto in = As<fuse_write_in>();
  if (header_.nodeid != kStream) return Fail(EINVAL);
  size_t count = std::min<size_t>(in.size, kRoom - stream_.size());
  if (count == 0) return Fail(EAGAIN);
  stream_.append(body_, sizeof(in), count);
  changed_ = true;
  Put(fuse_write_out{static_cast<uint32_t>(count), 0});
}

void Daemon::Poll() {
  if (!polls_) return Fail(ENOSYS);
  auto in = As<fuse_poll_in>();
  if ((in.flags & FUSE_POLL_SCHEDULE_NOTIFY) != 0) pollers_.insert(in.kh);
  unsigned events = 0;
  if (header_.nodeid != kStream || !stream_.empty()) events |= POLLIN | POLLRDNORM;
  if (header_.nodeid == kStream && stream_.size() < kRoom) events |= POLLOUT | POLLWRNORM;
  Put(fuse_poll_out{events, 0});
}

void Daemon::List() {
  std::string list;
  uint64_t place = 0;
  for (const auto& [name, node] : kNames) {
    if (++place <= As<fuse_read_in>().offset) continue;
    fuse_dirent entry = {node, place, static_cast<uint32_t>(name.size()), DT_REG};
    list.append(reinterpret_cast<const char*>(&entry), sizeof(entry)).append(name);
    list.resize(FUSE_DIRENT_ALIGN(list.size()));
  }
  Say(list);
}

// After each message: who waited for bytes gets them, who polls is told.
void Daemon::Advance() {
  while (!readers_.empty() && !stream_.empty()) {
    auto [unique, size] = readers_.front();
    readers_.erase(readers_.begin());
    std::string bytes = stream_.substr(0, size);
    stream_.erase(0, size);
    Send(unique, 0, bytes.data(), bytes.size());
    changed_ = true;
  }
  if (!std::exchange(changed_, false)) return;
  for (uint64_t handle : std::exchange(pollers_, {})) {
    fuse_notify_poll_wakeup_out out = {handle};
    Send(0, FUSE_NOTIFY_POLL, &out, sizeof(out));
  }
}

void Daemon::Answer() {
  switch (header_.opcode) {
    case FUSE_INIT: {
      fuse_init_out out = {};
      out.major = FUSE_KERNEL_VERSION;
      out.minor = FUSE_KERNEL_MINOR_VERSION;
      out.max_write = 1 << 16;
      return Put(out);
    }
    case FUSE_LOOKUP: {
      auto it = kNames.find(body_.c_str());
      if (it == kNames.end()) return Fail(ENOENT);
      fuse_entry_out out = {};
      out.nodeid = it->second;
      out.attr = AttrOf(it->second);
      return Put(out);
    }
    case FUSE_GETATTR:
    case FUSE_SETATTR: {
      fuse_attr_out out = {};
      out.attr = AttrOf(header_.nodeid);
      return Put(out);
    }
    case FUSE_OPEN:
      return Open();
    case FUSE_RELEASE:
      if (header_.nodeid == kOnce) once_open_ = false;
      return Fail(0);
    case FUSE_OPENDIR:
      return Put(fuse_open_out{});
    case FUSE_READDIR:
      return List();
    case FUSE_READ:
      return Read();
    case FUSE_WRITE:
      return Write();
    case FUSE_POLL:
      return Poll();
    case FUSE_INTERRUPT: {
      uint64_t unique = As<fuse_interrupt_in>().unique;
      auto it = std::find_if(readers_.begin(), readers_.end(),
                             [&](const auto& reader) { return reader.first == unique; });
      if (it == readers_.end()) return;
      readers_.erase(it);
      return Send(unique, -EINTR, nullptr, 0);
    }
    case FUSE_FLUSH:
    case FUSE_RELEASEDIR:
    case FUSE_DESTROY:
      return Fail(0);
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
      return;
    default:
      return Fail(ENOSYS);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  const std::string options = "fd=" + std::to_string(device) + ",rootmode=40000,user_id=" +
                              std::to_string(::getuid()) + ",group_id=" + std::to_string(::getgid());
  if (device < 0 || ::mount("stream", argv[1], "fuse", 0, options.c_str()) != 0) {
    std::perror("stream_daemon");
    return 1;
  }
  Daemon(device, argc == 2).Serve();
}
