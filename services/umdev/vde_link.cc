#include "services/umdev/vde_link.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <libvdeplug.h>

#include <cerrno>

namespace umsdk::umdev {
namespace {

// The functions of libvdeplug that are used, without their vde_.
struct VdeLibrary {
  decltype(&::vde_open_real) open;
  decltype(&::vde_recv) receive;
  decltype(&::vde_send) send;
  decltype(&::vde_datafd) data_fd;
  decltype(&::vde_ctlfd) control_fd;
  decltype(&::vde_close) close;
};

template <typename Function>
bool Find(void* library, const char* name, Function& out) {
  out = reinterpret_cast<Function>(::dlsym(library, name));
  return out != nullptr;
}

std::optional<VdeLibrary> Load() {
  void* library = ::dlopen("libvdeplug.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  VdeLibrary vde = {};
  bool complete = Find(library, "vde_open_real", vde.open) && Find(library, "vde_recv", vde.receive) &&
                  Find(library, "vde_send", vde.send) && Find(library, "vde_datafd", vde.data_fd) &&
                  Find(library, "vde_ctlfd", vde.control_fd) && Find(library, "vde_close", vde.close);
  return complete ? std::optional(vde) : std::nullopt;
}

// Once loaded it stays.
const VdeLibrary* Library() {
  static const std::optional<VdeLibrary> library = Load();
  return library.has_value() ? &*library : nullptr;
}

class VdeLink final : public EthernetLink {
 public:
  VdeLink(const VdeLibrary& vde, VDECONN* connection) : vde_(vde), connection_(connection) {
    // Else a switch that does not read would hold the thread that sends.
    const int flags = ::fcntl(data_fd(), F_GETFL);
    ::fcntl(data_fd(), F_SETFL, flags | O_NONBLOCK);
  }
  ~VdeLink() override { vde_.close(connection_); }

  int data_fd() const override { return vde_.data_fd(connection_); }
  int end_fd() const override { return vde_.control_fd(connection_); }
  void Send(std::span<const char> frame) override {
    vde_.send(connection_, frame.data(), frame.size(), 0);
  }
  ssize_t Receive(std::span<char> frame) override {
    return vde_.receive(connection_, frame.data(), frame.size(), 0);
  }

 private:
  const VdeLibrary& vde_;
  VDECONN* const connection_;
};

}  // namespace

std::optional<std::string> ParseVdeSource(std::string_view source) {
  constexpr std::string_view kScheme = "vde://";
  if (source.starts_with(kScheme)) source.remove_prefix(kScheme.size());
  // A port number or a mode in brackets would be libvdeplug's to read.
  if (!source.starts_with('/') || source.find_first_of("[]{}") != std::string_view::npos) {
    return std::nullopt;
  }
  return std::string(source);
}

bool HasVdeLibrary() { return Library() != nullptr; }

ErrnoOr<std::unique_ptr<EthernetLink>> OpenVdeLink(const std::string& directory) {
  const VdeLibrary* vde = Library();
  if (vde == nullptr) return Errno(ENOPKG);
  std::string url = "vde://" + directory;
  std::string description = "umdevtap";
  errno = 0;
  VDECONN* connection =
      vde->open(url.data(), description.data(), LIBVDEPLUG_INTERFACE_VERSION, nullptr);
  if (connection == nullptr) return Errno(errno != 0 ? errno : ECONNREFUSED);
  return std::unique_ptr<EthernetLink>(std::make_unique<VdeLink>(*vde, connection));
}

}  // namespace umsdk::umdev
