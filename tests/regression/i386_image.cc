// A 32-bit program: natively it runs; in a view its exec is refused, before it can run wild.
#include <elf.h>

#include "tests/guests/fs_dir.h"
#include "tests/guests/guest_test.h"

namespace guest {
namespace {

// The smallest static i386 program: exit(7).
std::string ExitSeven() {
  static const unsigned char kCode[] = {0xb8, 1, 0, 0, 0, 0xbb, 7, 0, 0, 0, 0xcd, 0x80};
  constexpr uint32_t kBase = 0x08048000;
  constexpr uint32_t kHeaders = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);
  Elf32_Ehdr header = {};
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_386;
  header.e_version = EV_CURRENT;
  header.e_entry = kBase + kHeaders;
  header.e_phoff = sizeof(Elf32_Ehdr);
  header.e_ehsize = sizeof(Elf32_Ehdr);
  header.e_phentsize = sizeof(Elf32_Phdr);
  header.e_phnum = 1;
  Elf32_Phdr segment = {};
  segment.p_type = PT_LOAD;
  segment.p_vaddr = kBase;
  segment.p_paddr = kBase;
  segment.p_filesz = kHeaders + sizeof(kCode);
  segment.p_memsz = segment.p_filesz;
  segment.p_flags = PF_R | PF_X;
  segment.p_align = 0x1000;
  std::string image(reinterpret_cast<char*>(&header), sizeof(header));
  image.append(reinterpret_cast<char*>(&segment), sizeof(segment));
  image.append(reinterpret_cast<const char*>(kCode), sizeof(kCode));
  return image;
}

using I386Image = FsTest;

TEST_F(I386Image, IsRefusedInAView) {
  Put(P("program"), ExitSeven(), 0755);
  const int status = ForkAndWait([&] {
    execl(P("program").c_str(), "program", nullptr);
    _exit(errno);
  });
  if (Engine() != "native") {
    EXPECT_TRUE(ExitedWith(status, ENOEXEC)) << status;
  } else if (ExitedWith(status, ENOEXEC)) {
    GTEST_SKIP() << "this kernel runs no i386 programs";
  } else {
    EXPECT_TRUE(ExitedWith(status, 7)) << status;
  }
}

TEST_F(I386Image, IsRefusedAsAnInterpreterToo) {
  Put(P("program"), ExitSeven(), 0755);
  Put(P("script"), "#!" + P("program") + "\n", 0755);
  const int status = ForkAndWait([&] {
    execl(P("script").c_str(), "script", nullptr);
    _exit(errno);
  });
  if (Engine() == "native") {
    EXPECT_TRUE(ExitedWith(status, 7) || ExitedWith(status, ENOEXEC)) << status;
  } else {
    EXPECT_TRUE(ExitedWith(status, ENOEXEC)) << status;
  }
}

}  // namespace
}  // namespace guest
