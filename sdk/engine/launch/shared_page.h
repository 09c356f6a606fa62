// SharedObject: a plain object in memory that children made by fork share.
#ifndef SDK_ENGINE_LAUNCH_SHARED_PAGE_H_
#define SDK_ENGINE_LAUNCH_SHARED_PAGE_H_

#include <sys/mman.h>

#include <new>
#include <type_traits>
#include <utility>

#include "sdk/engine/launch/launch_page.h"

namespace umsdk {

// Move-only owner of the mapping. valid() is false when the kernel gave no memory.
template <typename T>
class SharedObject {
 public:
  static_assert(std::is_trivially_destructible_v<T>);

  SharedObject() {
    void* memory =
        mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) object_ = new (memory) T;
  }
  SharedObject(SharedObject&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  SharedObject& operator=(SharedObject&&) = delete;
  ~SharedObject() {
    if (object_ != nullptr) munmap(object_, sizeof(T));
  }

  bool valid() const { return object_ != nullptr; }
  T* get() const { return object_; }
  T* operator->() const { return object_; }

 private:
  T* object_ = nullptr;
};

using SharedPage = SharedObject<LaunchPage>;

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_SHARED_PAGE_H_
