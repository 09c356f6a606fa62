// um_fuse_module MODULE [ARGUMENT...]: runs a FUSE file system that was compiled as a shared
// object.
//
// The object has the program's main, and takes the functions of libfuse from whoever loads it. This
// program is the process that it runs in: umfuse starts it as a guest for `mount -t umfuseNAME`,
// when NAME is umfuseNAME.so.
#include <dlfcn.h>
#include <stdio.h>

#include <fstream>
#include <sstream>
#include <string>

namespace {

// The names of libfuse's versions stand in the object's string table.
const char* LibraryFor(const char* module) {
  std::ifstream file(module, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str().find("FUSE_3.") != std::string::npos ? "libfuse3.so.3" : "libfuse.so.2";
}

using FuseMain = int (*)(int, char**, const void*, size_t, void*);

// Of the library that the module was made for.
FuseMain& TheFuseMain() {
  static FuseMain fuse_main = nullptr;
  return fuse_main;
}

}  // namespace

// A module names no version, and would get the oldest of libfuse 2, which knows no user data.
extern "C" int fuse_main_real(int argc, char** argv, const void* operations, size_t size,
                              void* data) {
  return TheFuseMain()(argc, argv, operations, size, data);
}

int main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: um_fuse_module MODULE [ARGUMENT...]\n");
    return 125;
  }
  const char* library = LibraryFor(argv[1]);
  void* fuse = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
  const char* version = std::string(library) == "libfuse.so.2" ? "FUSE_2.6" : "FUSE_3.0";
  if (fuse != nullptr) {
    TheFuseMain() = reinterpret_cast<FuseMain>(dlvsym(fuse, "fuse_main_real", version));
  }
  if (TheFuseMain() == nullptr) {
    fprintf(stderr, "um_fuse_module: %s (Debian's packages are libfuse2 and libfuse3-3)\n",
            dlerror());
    return 125;
  }
  void* module = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  if (module == nullptr) {
    fprintf(stderr, "um_fuse_module: %s\n", dlerror());
    return 125;
  }
  auto* module_main = reinterpret_cast<int (*)(int, char**)>(dlsym(module, "main"));
  if (module_main == nullptr) {
    fprintf(stderr, "um_fuse_module: %s has no function main\n", argv[1]);
    return 125;
  }
  return module_main(argc - 1, argv + 1);
}
