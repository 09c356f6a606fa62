// System calls for code that runs after fork in a copy of a multi-threaded process: no libc, no
// errno, no lock that another thread may have held, no signal handler of a sanitizer.
#ifndef SDK_ENGINE_LAUNCH_RAW_SYSCALL_H_
#define SDK_ENGINE_LAUNCH_RAW_SYSCALL_H_

#include <type_traits>

namespace umsdk {

namespace internal {

template <typename T>
long ToRegister(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<long>(value);
  } else {
    return static_cast<long>(value);
  }
}
inline long ToRegister(decltype(nullptr)) { return 0; }

inline long RawSyscall6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

}  // namespace internal

// The result, or -errno.
template <typename A = long, typename B = long, typename C = long, typename D = long,
          typename E = long, typename F = long>
long RawSyscall(long number, A a = 0, B b = 0, C c = 0, D d = 0, E e = 0, F f = 0) {
  using internal::ToRegister;
  return internal::RawSyscall6(number, ToRegister(a), ToRegister(b), ToRegister(c), ToRegister(d),
                               ToRegister(e), ToRegister(f));
}

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_RAW_SYSCALL_H_
