// Errno: what a guest is told. ErrnoOr<T>: a value, or the errno that takes its place.
//
// These two are for answers to guests. Failures of our own are absl::Status; the two never mix.
#ifndef SDK_BASE_ERRNO_H_
#define SDK_BASE_ERRNO_H_

#include <cerrno>
#include <utility>
#include <variant>

namespace umsdk {

// A value of errno(3), always positive. `Errno(ENOENT)` reads well and cannot be mistaken for a result.
enum class Errno : int {};

// The errno that the last failed libc call of this thread left.
inline Errno LastErrno() { return Errno(errno); }

// A T or an Errno. Thread-compatible, as T is. value() may be asked only when ok().
template <typename T>
class [[nodiscard]] ErrnoOr {
 public:
  ErrnoOr(Errno error) : state_(error) {}           // NOLINT: `return Errno(ENOENT);` must work
  ErrnoOr(T value) : state_(std::move(value)) {}    // NOLINT

  bool ok() const { return std::holds_alternative<T>(state_); }
  Errno error() const { return ok() ? Errno(0) : std::get<Errno>(state_); }
  T& value() & { return std::get<T>(state_); }
  const T& value() const& { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<Errno, T> state_;
};

// Success, or why not. Errno(0) is success.
class [[nodiscard]] ErrnoOrOk {
 public:
  ErrnoOrOk() = default;
  ErrnoOrOk(Errno error) : error_(error) {}  // NOLINT: `return Errno(EIO);`
  bool ok() const { return error_ == Errno(0); }
  Errno error() const { return error_; }

 private:
  Errno error_ = Errno(0);
};

}  // namespace umsdk

// Returns the errno of `expr` (an ErrnoOr or ErrnoOrOk) from the enclosing function when it failed.
#define UMSDK_RETURN_IF_ERRNO(expr)                             \
  do {                                                          \
    if (auto umsdk_result = (expr); !umsdk_result.ok()) {       \
      return umsdk_result.error();                              \
    }                                                           \
  } while (false)

#define UMSDK_ERRNO_CONCAT_(a, b) a##b
#define UMSDK_ERRNO_CONCAT(a, b) UMSDK_ERRNO_CONCAT_(a, b)
#define UMSDK_ASSIGN_OR_ERRNO_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                               \
  if (!tmp.ok()) return tmp.error();               \
  lhs = *std::move(tmp)
// `UMSDK_ASSIGN_OR_ERRNO(Attr attr, fs.GetAttr(id));`
#define UMSDK_ASSIGN_OR_ERRNO(lhs, expr) \
  UMSDK_ASSIGN_OR_ERRNO_IMPL(UMSDK_ERRNO_CONCAT(umsdk_errno_or_, __LINE__), lhs, expr)

#endif  // SDK_BASE_ERRNO_H_
