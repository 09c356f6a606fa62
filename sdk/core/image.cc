#include "sdk/core/image.h"

#include <elf.h>
#include <limits.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace umsdk {
namespace {

// As load_script() in fs/binfmt_script.c; no interpreter where that says ENOEXEC.
ImageInfo InspectScript(std::string head) {
  constexpr std::string_view kBlank = " \t";
  constexpr std::string_view kEnd(" \t\0", 3);
  ImageInfo info;
  info.kind = ImageInfo::Kind::kScript;
  head.resize(kImageHead, '\0');
  const size_t begin = head.find_first_not_of(kBlank, 2);
  size_t end = head.find('\n');
  if (end == std::string::npos || end > head.find('\0')) {
    // Without an end the name may be cut.
    if (begin == std::string::npos || head.find_first_of(kEnd, begin) == std::string::npos) return info;
    end = kImageHead - 1;
  }
  while (kBlank.find(head[end - 1]) != std::string_view::npos) --end;
  if (begin >= end) return info;
  const size_t separator = std::min(head.find_first_of(kEnd, begin), end);
  info.interpreter = head.substr(begin, separator - begin);
  info.interpreter_offset = begin;
  const size_t argument = head.find_first_not_of(kBlank, separator);
  if (argument < end) info.argument = head.substr(argument, std::min(head.find('\0', argument), end) - argument);
  return info;
}

ImageInfo InspectElf(const Elf64_Ehdr& header, const ImageReader& read) {
  constexpr size_t kMaxHeaders = 65536;  // bytes of program headers that the kernel takes
  ImageInfo info;
  info.kind = ImageInfo::Kind::kElf64;
  size_t size = size_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phentsize != sizeof(Elf64_Phdr) || size == 0 || size > kMaxHeaders) return info;
  std::vector<char> bytes(size);
  if (read(header.e_phoff, bytes) != size) return info;
  for (size_t at = 0; at < size; at += sizeof(Elf64_Phdr)) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + at, sizeof(segment));
    if (segment.p_type != PT_INTERP) continue;
    if (segment.p_filesz < 2 || segment.p_filesz > PATH_MAX) return info;
    std::string text(segment.p_filesz, '\0');
    if (read(segment.p_offset, text) != text.size() || text.back() != '\0') return info;
    info.interpreter = text.c_str();
    info.interpreter_offset = segment.p_offset;
    return info;
  }
  return info;
}

}  // namespace

ImageInfo InspectImage(const ImageReader& read) {
  std::string head(kImageHead, '\0');
  size_t size = read(0, head);
  head.resize(std::min(size, kImageHead));
  if (head.starts_with("#!")) return InspectScript(head);
  ImageInfo info;
  if (head.size() < EI_NIDENT || std::memcmp(head.data(), ELFMAG, SELFMAG) != 0) return info;
  if (head[EI_CLASS] == ELFCLASS32) info.kind = ImageInfo::Kind::kElf32;
  if (head[EI_CLASS] != ELFCLASS64 || head.size() < sizeof(Elf64_Ehdr)) return info;
  Elf64_Ehdr header;
  std::memcpy(&header, head.data(), sizeof(header));
  return InspectElf(header, read);
}

}  // namespace umsdk
