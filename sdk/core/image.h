// Executable images: what the kernel would open by itself when it runs one.
#ifndef SDK_CORE_IMAGE_H_
#define SDK_CORE_IMAGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace umsdk {

constexpr size_t kImageHead = 256;  // BINPRM_BUF_SIZE: what the kernel takes of a "#!" line

struct ImageInfo {
  enum class Kind { kOther, kElf64, kElf32, kScript } kind = Kind::kOther;
  // The program that the kernel opens: PT_INTERP, or what follows "#!". Empty: none.
  std::string interpreter;
  uint64_t interpreter_offset = 0;  // of its text in the file
  std::string argument;             // that a "#!" line gives to it
};

// Reads up to out.size() bytes at `offset`; the count.
using ImageReader = std::function<size_t(uint64_t offset, std::span<char> out)>;

// Trusts nothing in the file. As binfmt_elf.c and binfmt_script.c read it.
ImageInfo InspectImage(const ImageReader& read);

}  // namespace umsdk

#endif  // SDK_CORE_IMAGE_H_
