// The version that the tools print; NEWS.md and the pkg-config file name the same.
#ifndef FRONTENDS_OPTIONS_VERSION_H_
#define FRONTENDS_OPTIONS_VERSION_H_

namespace umsdk::frontends {
inline constexpr char kVersion[] = "0.1.0";
}  // namespace umsdk::frontends

#endif  // FRONTENDS_OPTIONS_VERSION_H_
