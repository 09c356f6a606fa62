#include "frontends/admin/tool.h"

#include <getopt.h>
#include <google/protobuf/util/json_util.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace umsdk::frontends {
namespace {

// Options of all tools that have no letter.
constexpr int kViewOption = 256, kTargetOption = 257, kCertificatesOption = 258;

// The seed's tools say just this when the supervisor refuses as a matter of principle.
bool IsPlainErrno(int error) { return error == EFAULT || error == ENOSYS; }

std::string FailureText(const grpc::Status& status) {
  admin::v1::Failure failure;
  if (failure.ParseFromString(status.error_details()) && IsPlainErrno(failure.errno_value()))
    return failure.errno_text();
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return "the view has ended";
  return status.error_message();
}

}  // namespace

std::string Tool::UsageLine() const {
  std::string line = absl::StrCat("usage: ", description_.name);
  for (const ToolOption& option : description_.options) {
    std::string value = option.value != nullptr ? absl::StrCat(" ", option.value) : "";
    std::string flag = option.letter != 0 && option.letter < 127 ? std::string({'-', option.letter})
                                                                 : absl::StrCat("--", option.name);
    absl::StrAppend(&line, " [", flag, value, "]");
  }
  line += " [--view VIEW | --target HOST:PORT]";
  if (*description_.arguments != '\0') absl::StrAppend(&line, " ", description_.arguments);
  return line;
}

void Tool::PrintHelp() const {
  std::printf("%s\n\n%s\n", UsageLine().c_str(), description_.help);
  for (const ToolOption& option : description_.options) {
    std::string flag = absl::StrCat("-", std::string(1, option.letter), ", --", option.name);
    if (option.value != nullptr) absl::StrAppend(&flag, " ", option.value);
    std::printf("  %-24s %s\n", flag.c_str(), option.help);
  }
  std::printf("  %-24s %s\n", "--view VIEW", "another view than the one around: its name, process number or socket");
  std::printf("  %-24s %s\n", "--target HOST:PORT", "a view on another machine (umview --admin-remote)");
  std::printf("  %-24s %s\n", "--certificates DIR", "for it: client.pem, client.key, ca.pem; default ~/.config/umview");
  std::printf("  %-24s %s\n\nExit status: 0 done, 1 wrong usage, 2 no such view, 255 failed. See %s(1).\n",
              "-h, --help", "this help", description_.name);
}

int Tool::Usage(const std::string& problem) const {
  if (!problem.empty()) std::fprintf(stderr, "%s: %s\n", description_.name, problem.c_str());
  std::fprintf(stderr, "%s (try: %s --help)\n", UsageLine().c_str(), description_.name);
  return kToolUsage;
}

bool Tool::Parse(int argc, char** argv, ToolWords& words) {
  std::string letters = "+h";
  std::vector<option> longs = {{"help", no_argument, nullptr, 'h'},
                               {"view", required_argument, nullptr, kViewOption},
                               {"target", required_argument, nullptr, kTargetOption},
                               {"certificates", required_argument, nullptr, kCertificatesOption}};
  for (const ToolOption& one : description_.options) {
    letters += one.letter;
    if (one.value != nullptr) letters += ':';
    longs.push_back({one.name, one.value != nullptr ? required_argument : no_argument, nullptr, one.letter});
  }
  longs.push_back({});
  for (int letter; (letter = ::getopt_long(argc, argv, letters.c_str(), longs.data(), nullptr)) != -1;) {
    if (letter == '?') status_ = Usage("");
    if (letter == 'h') PrintHelp();
    if (letter == '?' || letter == 'h') return false;
    if (letter >= kViewOption && *optarg == '\0') status_ = Usage("--view, --target and --certificates want a value");
    if (letter >= kViewOption && *optarg == '\0') return false;
    if (letter == kViewOption) address_.name = optarg;
    if (letter == kTargetOption) address_.target = optarg;
    if (letter == kCertificatesOption) address_.certificates = optarg;
    if (letter < kViewOption) words.options[static_cast<char>(letter)] = optarg != nullptr ? optarg : "";
  }
  if (!address_.name.empty() && !address_.target.empty()) {
    status_ = Usage("--view or --target, not both");
    return false;
  }
  words.words.assign(argv + optind, argv + argc);
  size_t count = words.words.size();
  if (count >= description_.min_words && count <= description_.max_words) return true;
  status_ = Usage(count > description_.max_words ? "too many words" : "something is missing");
  return false;
}

bool Tool::Connect() {
  absl::StatusOr<std::unique_ptr<AdminClient>> client = ConnectToView(address_);
  if (client.ok()) {
    client_ = *std::move(client);
    return true;
  }
  std::fprintf(stderr, "%s: %s\n", description_.name, std::string(client.status().message()).c_str());
  status_ = absl::IsNotFound(client.status()) ? kToolOutside : kToolFailed;
  return false;
}

int Tool::Finish(const grpc::Status& status, const char* label) const {
  if (status.ok()) return std::fflush(stdout) == 0 ? kToolOk : kToolFailed;
  std::fprintf(stderr, "%s: %s\n", label != nullptr ? label : description_.name, FailureText(status).c_str());
  return kToolFailed;
}

int Tool::PrintJson(const google::protobuf::Message& message) const {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return kToolFailed;
  std::puts(json.c_str());
  return std::fflush(stdout) == 0 ? kToolOk : kToolFailed;
}

bool ParseNumber(const std::string& text, int base, int& number) {
  std::string digits = base == 16 && text.starts_with("0x") ? text.substr(2) : text;
  const char* end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  return error == std::errc() && stop == end && !digits.empty();
}

std::string ParseSelector(ToolWords& words, admin::v1::ServiceSelector& which) {
  int number = 0;
  if (words.has('p') && words.has('c')) return "-p or -c must be specified (but not both)";
  if (words.has('p')) {
    if (!ParseNumber(words.get('p'), 10, number) || number < 1) return "-p wants a position from 1 on";
    which.set_position(number);
  } else if (words.has('c')) {
    if (!ParseNumber(words.get('c'), 16, number) || number < 1) return "-c wants a code, two hexadecimal digits";
    which.set_code(number);
  } else {
    if (words.words.empty()) return "-p, -c or the name of a service must be specified";
    which.set_name(words.words.front());
    words.words.erase(words.words.begin());
  }
  return "";
}

}  // namespace umsdk::frontends
