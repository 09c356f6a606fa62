// What the um_* tools have in common: words in, one call, a line or two out.
#ifndef FRONTENDS_ADMIN_TOOL_H_
#define FRONTENDS_ADMIN_TOOL_H_

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "frontends/admin/connect.h"

namespace umsdk::frontends {

// Exit statuses. kFailed is the -1 of the tools' ancestors.
inline constexpr int kToolOk = 0, kToolUsage = 1, kToolOutside = 2, kToolFailed = 255;

// An option of a tool: `letter` or --name; the value is what it is, nullptr when there is none.
struct ToolOption {
  char letter;
  const char* name;
  const char* value;
  const char* help;
};

struct ToolDescription {
  const char* name;       // "um_ls_service"
  const char* arguments;  // of the usage line, behind the options: "MODULE[,ARGS]"
  const char* help;       // a paragraph or two, with examples
  std::vector<ToolOption> options;
  size_t min_words = 0, max_words = 0;
};

// What the user wrote. An option without a value has an empty one.
struct ToolWords {
  std::map<char, std::string> options;
  std::vector<std::string> words;

  bool has(char letter) const { return options.contains(letter); }
  std::string get(char letter) const { return has(letter) ? options.at(letter) : ""; }
};

class Tool {
 public:
  explicit Tool(ToolDescription description) : description_(std::move(description)) {}

  // False: the program ends with status(). --help is answered here.
  bool Parse(int argc, char** argv, ToolWords& words);
  // False as well. Connects to the view.
  bool Connect();
  AdminClient& view() { return *client_; }

  // Says why the call failed and returns the exit status; as `label`, if that is not the tool's name.
  int Finish(const grpc::Status& status, const char* label = nullptr) const;
  int PrintJson(const google::protobuf::Message& message) const;
  // Says what is wrong with the words.
  int Usage(const std::string& problem) const;
  int status() const { return status_; }

 private:
  std::string UsageLine() const;
  void PrintHelp() const;

  const ToolDescription description_;
  ViewAddress address_;
  std::unique_ptr<AdminClient> client_;
  int status_ = kToolOk;
};

// The whole of a number, nothing else. `base` 16: with or without 0x.
bool ParseNumber(const std::string& text, int base, int& number);

// From -p POSITION, -c CODE or the first of the words, exactly one of them; takes that word away. A
// problem is what it returns, "" when all is well.
std::string ParseSelector(ToolWords& words, admin::v1::ServiceSelector& which);

}  // namespace umsdk::frontends

#endif  // FRONTENDS_ADMIN_TOOL_H_
