#include "services/umdev/device_options.h"

#include <charconv>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace umsdk::umdev {
namespace {

// What the kernel's dev_t holds.
constexpr uint64_t kMaxMajor = (1u << 12) - 1;
constexpr uint64_t kMaxMinor = (1u << 20) - 1;
// (uid_t)-1 means "no change" in chown(2), so nobody has it.
constexpr uint64_t kMaxId = std::numeric_limits<uid_t>::max() - 1;
constexpr uint64_t kMaxSize = std::numeric_limits<int64_t>::max();
constexpr uint64_t kSector = 512;

// One item of the list: `key` or `key=value`.
struct Item {
  std::string_view text;
  std::string_view key;
  std::optional<std::string_view> value;
};

Item SplitItem(std::string_view text) {
  size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {text, text, std::nullopt};
  return {text, text.substr(0, equals), text.substr(equals + 1)};
}

absl::Status Bad(const Item& item, const char* expected) {
  return absl::InvalidArgumentError(
      absl::StrCat("bad option \"", std::string(item.text), "\": ", expected));
}

// The whole of `text` as a number in `base`, at most `max`.
std::optional<uint64_t> ParseNumber(std::string_view text, uint64_t max, int base) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

// N sectors, or N with a suffix of kKmMgG; in bytes.
std::optional<uint64_t> ParseSize(std::string_view text) {
  uint64_t unit = kSector;
  if (!text.empty()) {
    switch (text.back()) {
      case 'k':
      case 'K':
        unit = uint64_t{1} << 10;
        break;
      case 'm':
      case 'M':
        unit = uint64_t{1} << 20;
        break;
      case 'g':
      case 'G':
        unit = uint64_t{1} << 30;
        break;
      default:
        break;
    }
  }
  if (unit != kSector) text.remove_suffix(1);
  std::optional<uint64_t> count = ParseNumber(text, kMaxSize / unit, 10);
  if (!count || *count == 0) return std::nullopt;
  return *count * unit;
}

absl::Status ParseFlag(const Item& item, DeviceOptions& options) {
  if (item.key == "debug") {
    options.debug = true;
  } else if (item.key == "mbr" || item.key == "gpt") {
    options.partitioned = true;
  } else if (item.key == "ro" || item.key == "rw") {
    options.read_only = item.key == "ro";
  } else if (item.key == "char" || item.key == "block") {
    bool block = item.key == "block";
    if (options.block.value_or(block) != block) {
      return Bad(item, "char and block exclude each other");
    }
    options.block = block;
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown option \"", std::string(item.text), "\""));
  }
  if (item.value) return Bad(item, "it takes no value");
  return absl::OkStatus();
}

// Where a number goes and what it may be.
template <typename T>
absl::Status Store(const Item& item, std::optional<uint64_t> number, const char* expected, T& out) {
  if (!number) return Bad(item, expected);
  out = *number;
  return absl::OkStatus();
}

absl::Status ParseItem(const Item& item, DeviceOptions& options) {
  std::string_view value = item.value.value_or("");
  if (item.key == "major") {
    return Store(item, ParseNumber(value, kMaxMajor, 10), "0 to 4095", options.major);
  }
  if (item.key == "minor") {
    if (value == "any") value = "0";
    return Store(item, ParseNumber(value, kMaxMinor, 10), "0 to 1048575, or any", options.minor);
  }
  if (item.key == "mode") {
    return Store(item, ParseNumber(value, 07777, 8), "octal, 0 to 7777", options.mode);
  }
  if (item.key == "uid") {
    return Store(item, ParseNumber(value, kMaxId, 10), "a number", options.uid);
  }
  if (item.key == "gid") {
    return Store(item, ParseNumber(value, kMaxId, 10), "a number", options.gid);
  }
  if (item.key == "size") {
    return Store(item, ParseSize(value), "a count of sectors, or N[kKmMgG]", options.size);
  }
  return ParseFlag(item, options);
}

}  // namespace

absl::StatusOr<DeviceOptions> ParseDeviceOptions(std::string_view text) {
  DeviceOptions options;
  while (!text.empty()) {
    size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (item.empty()) continue;
    if (absl::Status status = ParseItem(SplitItem(item), options); !status.ok()) return status;
  }
  return options;
}

DeviceInfo MakeDeviceInfo(const DeviceOptions& options, const Caller& caller, bool block) {
  DeviceInfo info;
  info.block = options.block.value_or(block);
  info.major = options.major;
  info.minor = options.minor;
  info.mode = options.mode.value_or(0600);
  info.uid = options.uid.value_or(caller.uid);
  info.gid = options.gid.value_or(caller.gid);
  return info;
}

}  // namespace umsdk::umdev
