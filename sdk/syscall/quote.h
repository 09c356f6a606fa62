// Strings of a guest, made fit for one line of a log.
#ifndef UMSDK_SDK_SYSCALL_QUOTE_H_
#define UMSDK_SDK_SYSCALL_QUOTE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace umsdk {

// "text" in double quotes with C escapes: the result is printable ASCII whatever the guest wrote.
// At most max_bytes of the text are shown; ... after the quotes says that there was more.
std::string Quote(std::string_view text, size_t max_bytes);

}  // namespace umsdk

#endif  // UMSDK_SDK_SYSCALL_QUOTE_H_
