// ProcField: one field of a file of /proc that has them by name: fdinfo, status.
#ifndef SDK_BASE_PROC_FIELD_H_
#define SDK_BASE_PROC_FIELD_H_

#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace umsdk {

// The word behind `name` ("flags:"); nullopt when there is no such file or field.
inline std::optional<std::string> ProcField(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    if (word == name && file >> word) return word;
  }
  return std::nullopt;
}

}  // namespace umsdk

#endif  // SDK_BASE_PROC_FIELD_H_
