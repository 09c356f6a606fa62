#include "sdk/core/image.h"

#include <elf.h>
#include <limits.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace umsdk {
namespace {

constexpr size_t kHead = 256;  // BINPRM_BUF_SIZE

ImageInfo InspectScript(const std::string& head) {
  ImageInfo info;
  info.kind = ImageInfo::Kind::kScript;
  size_t begin = head.find_first_not_of(" \t", 2);
  size_t line_end = head.find('\n');
  if (begin == std::string::npos || begin >= line_end) return info;
  size_t end = head.find_first_of(std::string(" \t\n\0", 4), begin);
  if (end == std::string::npos) end = head.size();
  info.interpreter = head.substr(begin, end - begin);
  info.interpreter_offset = begin;
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
  std::string head(kHead, '\0');
  size_t size = read(0, head);
  head.resize(std::min(size, kHead));
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
