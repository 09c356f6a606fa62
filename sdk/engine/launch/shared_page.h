// SharedObject: a plain object in memory that processes share.
#ifndef SDK_ENGINE_LAUNCH_SHARED_PAGE_H_
#define SDK_ENGINE_LAUNCH_SHARED_PAGE_H_

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <new>
#include <type_traits>
#include <utility>

#include "sdk/base/unique_fd.h"
#include "sdk/engine/launch/launch_page.h"

namespace umsdk {

// Move-only owner of the mapping. valid() is false when the kernel gave no memory.
template <typename T>
class SharedObject {
 public:
  static_assert(std::is_trivially_destructible_v<T>);

  // A new one, shared with children made by fork.
  SharedObject() {
    Map(MAP_ANONYMOUS, -1);
    if (object_ != nullptr) new (object_) T;
  }
  // In a file, for strangers: nobody can shrink it below us.
  static UniqueFd MakeFile() {
    UniqueFd file(memfd_create("umsdk", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file.valid() || ftruncate(file.get(), sizeof(T)) != 0 ||
        fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
      return UniqueFd();
    }
    SharedObject object(file);
    if (!object.valid()) return UniqueFd();
    new (object.get()) T;
    return file;
  }
  // What MakeFile made, here or in another process.
  explicit SharedObject(const UniqueFd& file) { Map(0, file.get()); }
  SharedObject(SharedObject&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  SharedObject& operator=(SharedObject&&) = delete;
  ~SharedObject() {
    if (object_ != nullptr) munmap(object_, sizeof(T));
  }

  bool valid() const { return object_ != nullptr; }
  T* get() const { return object_; }
  T* operator->() const { return object_; }

 private:
  void Map(int flags, int file) {
    void* memory = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | flags, file, 0);
    if (memory != MAP_FAILED) object_ = static_cast<T*>(memory);
  }

  T* object_ = nullptr;
};

using SharedPage = SharedObject<LaunchPage>;

}  // namespace umsdk

#endif  // SDK_ENGINE_LAUNCH_SHARED_PAGE_H_
