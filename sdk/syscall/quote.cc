#include "sdk/syscall/quote.h"

namespace umsdk {
namespace {

// The letter of a C escape, '\0' when the character has none.
char EscapeLetter(char c) {
  switch (c) {
    case '\n':
      return 'n';
    case '\t':
      return 't';
    case '\r':
      return 'r';
    case '\v':
      return 'v';
    case '\f':
      return 'f';
    case '"':
    case '\\':
      return c;
    default:
      return '\0';
  }
}

void AppendEscaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (const char letter = EscapeLetter(c); letter != '\0') {
    out += '\\';
    out += letter;
  } else if (byte >= ' ' && byte < 0x7f) {
    out += c;
  } else {
    // Three digits always, so that a digit that follows is not taken for a fourth.
    out += '\\';
    for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + ((byte >> shift) & 7));
  }
}

}  // namespace

std::string Quote(std::string_view text, size_t max_bytes) {
  std::string out = "\"";
  for (const char c : text.substr(0, max_bytes)) AppendEscaped(out, c);
  out += text.size() > max_bytes ? "\"..." : "\"";
  return out;
}

}  // namespace umsdk
