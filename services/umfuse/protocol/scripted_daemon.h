// A FUSE daemon for tests: a thread on the other end of a channel that answers as the test says.
#ifndef SERVICES_UMFUSE_PROTOCOL_SCRIPTED_DAEMON_H_
#define SERVICES_UMFUSE_PROTOCOL_SCRIPTED_DAEMON_H_

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sdk/base/unique_fd.h"
#include "services/umfuse/protocol/wire.h"

namespace umsdk::umfuse {

// What the daemon read.
struct Heard {
  fuse_in_header header = {};
  std::string body;
  template <typename Struct>
  Struct As() const {
    Struct value = {};
    std::memcpy(&value, body.data(), std::min(sizeof(value), body.size()));
    return value;
  }
};

class ScriptedDaemon {
 public:
  // Called for every message but INIT, which is answered with `init`.
  using Script = std::function<void(ScriptedDaemon&, const Heard&)>;
  ScriptedDaemon(UniqueFd socket, Script script, fuse_init_out init = DefaultInit())
      : socket_(std::move(socket)), script_(std::move(script)), init_(init) {
    thread_ = std::thread([this] { Run(); });
  }
  ~ScriptedDaemon() {
    Hangup();
    thread_.join();
  }
  static fuse_init_out DefaultInit() {
    fuse_init_out init = {};
    init.major = FUSE_KERNEL_VERSION;
    init.minor = 31;
    init.flags = FUSE_BIG_WRITES | FUSE_DO_READDIRPLUS | FUSE_MAX_PAGES;
    init.max_write = 1 << 20;
    init.max_pages = 256;
    return init;
  }
  void Reply(uint64_t unique, int error, std::string_view body = "") {
    fuse_out_header header = {static_cast<uint32_t>(sizeof(header) + body.size()), error, unique};
    std::string packet(reinterpret_cast<char*>(&header), sizeof(header));
    Send(packet.append(body));
  }
  template <typename Struct>
  void ReplyStruct(uint64_t unique, const Struct& value) {
    Reply(unique, 0, {reinterpret_cast<const char*>(&value), sizeof(value)});
  }
  template <typename Struct>
  void Notify(int code, const Struct& value, std::string_view rest = "") {
    Reply(0, code, std::string(reinterpret_cast<const char*>(&value), sizeof(value)).append(rest));
  }
  // A packet as it is.
  void Send(std::string_view packet) {
    (void)!::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
  }
  void Hangup() { ::shutdown(socket_.get(), SHUT_RDWR); }

 private:
  void Run() {
    std::vector<char> buffer(2 << 20);
    ssize_t size;
    while ((size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0)) > 0) {
      Heard heard;
      std::memcpy(&heard.header, buffer.data(), sizeof(heard.header));
      heard.body.assign(buffer.data() + sizeof(heard.header),
                        static_cast<size_t>(size) - sizeof(heard.header));
      if (heard.header.opcode == FUSE_INIT) {
        ReplyStruct(heard.header.unique, init_);
      } else {
        script_(*this, heard);
      }
    }
  }

  UniqueFd socket_;
  const Script script_;
  const fuse_init_out init_;
  std::thread thread_;
};

}  // namespace umsdk::umfuse

#endif  // SERVICES_UMFUSE_PROTOCOL_SCRIPTED_DAEMON_H_
