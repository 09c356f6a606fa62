#include "services/umfuse/fuse_options.h"

#include <charconv>

namespace umsdk::umfuse {
namespace {

bool Number(std::string_view text, int base, uint32_t& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

std::optional<KernelOptions> ParseKernelOptions(std::string_view text) {
  KernelOptions options;
  bool has_fd = false, has_mode = false, has_user = false, has_group = false;
  while (!text.empty()) {
    std::string_view option = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), option.size() + 1));
    std::string_view name = option.substr(0, option.find('='));
    std::string_view value =
        option.size() > name.size() ? option.substr(name.size() + 1) : std::string_view();
    uint32_t number = 0;
    if (option == "default_permissions") {
      options.default_permissions = true;
    } else if (option == "allow_other") {
      options.allow_other = true;
    } else if (name == "subtype" || name == "source" || name.empty()) {
      continue;
    } else if (!Number(value, name == "rootmode" ? 8 : 10, number)) {
      return std::nullopt;
    } else if (name == "fd") {
      has_fd = true, options.fd = static_cast<int>(number);
    } else if (name == "rootmode") {
      has_mode = true, options.root_mode = number;
    } else if (name == "user_id") {
      has_user = true, options.user_id = number;
    } else if (name == "group_id") {
      has_group = true, options.group_id = number;
    } else if (name == "max_read") {
      options.max_read = number;
    } else if (name != "blksize") {
      return std::nullopt;
    }
  }
  if (!has_fd || !has_mode || !has_user || !has_group || options.fd < 0) return std::nullopt;
  return options;
}

}  // namespace umsdk::umfuse
