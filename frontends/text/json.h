// JSON for what the tools print: flat objects, written as they are composed.
#ifndef FRONTENDS_TEXT_JSON_H_
#define FRONTENDS_TEXT_JSON_H_

#include <string>

namespace umsdk::frontends {

// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string JsonQuote(const std::string& text);

// Composes one object: `JsonObject().Add("code", 3).Add("name", "x").ToString()`.
class JsonObject {
 public:
  JsonObject& Add(const char* name, const std::string& value);
  JsonObject& Add(const char* name, const char* value);
  JsonObject& Add(const char* name, long value);
  JsonObject& Add(const char* name, int value) { return Add(name, static_cast<long>(value)); }
  JsonObject& Add(const char* name, bool value);
  JsonObject& AddNull(const char* name);
  // `json` is taken as it is.
  JsonObject& AddRaw(const char* name, const std::string& json);
  std::string ToString() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace umsdk::frontends

#endif  // FRONTENDS_TEXT_JSON_H_
