#include "frontends/text/json.h"

#include <cstdio>

namespace umsdk::frontends {
namespace {

constexpr char kReplacement[] = "\xef\xbf\xbd";  // U+FFFD

bool IsContinuation(const std::string& text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

// The length of the well-formed UTF-8 sequence at `at`, 0 if there is none.
size_t SequenceLength(const std::string& text, size_t at) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(at);
  if (first < 0x80) return 1;
  size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                  : (first & 0xf0) == 0xe0         ? 3
                  : first >= 0xf0 && first <= 0xf4 ? 4
                                                   : 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text, at + i)) return 0;
  }
  if (length < 3) return length;
  unsigned char second = byte(at + 1);
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return length;
}

void AppendAscii(char c, std::string& out) {
  if (c == '"' || c == '\\') {
    out += {'\\', c};
  } else if (c == '\n') {
    out += "\\n";
  } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
    char escape[8];
    std::snprintf(escape, sizeof(escape), "\\u%04x", c);
    out += escape;
  } else {
    out += c;
  }
}

}  // namespace

std::string JsonQuote(const std::string& text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    size_t length = SequenceLength(text, at);
    if (length == 0) {
      out += kReplacement;
    } else if (length == 1) {
      AppendAscii(text[at], out);
    } else {
      out.append(text, at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return out + '"';
}

JsonObject& JsonObject::AddRaw(const char* name, const std::string& json) {
  if (!members_.empty()) members_ += ",";
  members_ += JsonQuote(name) + ":" + json;
  return *this;
}

JsonObject& JsonObject::Add(const char* name, const std::string& value) {
  return AddRaw(name, JsonQuote(value));
}
JsonObject& JsonObject::Add(const char* name, const char* value) {
  return Add(name, std::string(value));
}
JsonObject& JsonObject::Add(const char* name, long value) {
  return AddRaw(name, std::to_string(value));
}
JsonObject& JsonObject::Add(const char* name, bool value) {
  return AddRaw(name, value ? "true" : "false");
}
JsonObject& JsonObject::AddNull(const char* name) { return AddRaw(name, "null"); }

}  // namespace umsdk::frontends
