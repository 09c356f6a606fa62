// For tests of um_doctor: finds an answer in its JSON.
#ifndef FRONTENDS_TESTING_ANSWERS_H_
#define FRONTENDS_TESTING_ANSWERS_H_

#include <string>

namespace umsdk::frontends {

// "yes", or "no" and the errno's name: "no EPERM", "no null"; "" if `name` was not answered.
inline std::string AnswerTo(const std::string& name, const std::string& json) {
  size_t at = json.find("{\"name\":\"" + name + "\"");
  if (at == std::string::npos) return "";
  if (json.find("\"yes\":true", at) < json.find("\"yes\":false", at)) return "yes";
  constexpr char kErrno[] = "\"errno\":";
  at = json.find(kErrno, at) + sizeof(kErrno) - 1;
  std::string error = json.substr(at, json.find(',', at) - at);
  std::erase(error, '"');
  return "no " + error;
}

}  // namespace umsdk::frontends

#endif  // FRONTENDS_TESTING_ANSWERS_H_
