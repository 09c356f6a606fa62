#include "frontends/ramfs_options.h"

#include <charconv>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace umsdk::frontends {
namespace {

// The number that `text` is, all of it.
std::optional<uint64_t> ParseNumber(const std::string& text, int base, uint64_t max) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end || value > max) return std::nullopt;
  return value;
}

std::optional<uint64_t> ParseSize(std::string text) {
  int shift = 0;
  switch (text.empty() ? 0 : text.back() | 0x20) {
    case 'k':
      shift = 10;
      break;
    case 'm':
      shift = 20;
      break;
    case 'g':
      shift = 30;
      break;
  }
  if (shift != 0) text.pop_back();
  std::optional<uint64_t> number =
      ParseNumber(text, 10, std::numeric_limits<int64_t>::max() >> shift);
  if (!number || *number == 0) return std::nullopt;
  return *number << shift;
}

// Whether the option was understood.
bool Apply(const std::string& name, const std::string& value, RamfsOptions& options) {
  // (uid_t)-1 means "leave it" to chown(2).
  constexpr uint64_t kMaxId = std::numeric_limits<uint32_t>::max() - 1;
  if (name == "size") return (options.size = ParseSize(value)).has_value();
  if (name == "uid") return (options.uid = ParseNumber(value, 10, kMaxId)).has_value();
  if (name == "gid") return (options.gid = ParseNumber(value, 10, kMaxId)).has_value();
  if (name == "mode") {
    std::optional<uint64_t> mode = ParseNumber(value, 8, 07777);
    options.mode = static_cast<mode_t>(mode.value_or(0));
    return mode.has_value();
  }
  if ((name == "ro" || name == "rw") && value.empty()) {
    options.read_only = name == "ro";
    return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<RamfsOptions> ParseRamfsOptions(const std::string& text) {
  RamfsOptions options;
  std::vector<std::string> items = absl::StrSplit(text, ',', absl::SkipEmpty());
  for (const std::string& item : items) {
    size_t equals = item.find('=');
    std::string value = equals == std::string::npos ? "" : item.substr(equals + 1);
    if (!Apply(item.substr(0, equals), value, options)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "umramfs: bad option '", item, "' (size=N[kmg], mode=OCTAL, uid=N, gid=N, ro, rw)"));
    }
  }
  return options;
}

}  // namespace umsdk::frontends
