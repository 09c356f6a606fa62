#include "services/umfuse/program_table.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace umsdk::umfuse {
namespace {

// All stay in the foreground: they are children of the view, and end with their mount.
constexpr char kBuiltIn[] = R"(
ext2,ext3,ext4 fuse2fs      readonly,nonempty fuse2fs -f -o fakeroot,%O %S %M
fuseext2       fuseext2     readonly,nonempty fuse-ext2 -f -o %O %S %M
fat,vfat,msdos fusefat      readonly,nonempty fusefat -f -o %O %S %M
exfat          exfat-fuse   nonempty mount.exfat-fuse -f -o %O %S %M
iso9660,iso    fuseiso      nonempty fuseiso -f %S %M -o %O
squashfs       squashfuse   -        squashfuse -f -o %O %S %M
ntfs           ntfs-3g      ids      ntfs-3g -o no_detach,%O %S %M
archive        archivemount nonempty archivemount -f -o %O %S %M
ssh            sshfs        ids      sshfs -f -o %O %S %M
bind           bindfs       ids,nonempty bindfs -f -o %O %S %M
zip            fuse-zip     nonempty fuse-zip -f -o %O %S %M
)";

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

std::vector<std::string> UserTables() {
  std::vector<std::string> paths;
  const char* config = ::getenv("XDG_CONFIG_HOME");
  const char* home = ::getenv("HOME");
  if (config != nullptr && *config != '\0') {
    paths.push_back(std::string(config) + "/umview/umfuse.conf");
  } else if (home != nullptr) {
    paths.push_back(std::string(home) + "/.config/umview/umfuse.conf");
  }
  paths.push_back("/etc/umview/umfuse.conf");
  return paths;
}

std::string Join(const std::vector<std::string>& options) {
  std::string text;
  for (const std::string& option : options) text += (text.empty() ? "" : ",") + option;
  return text;
}

std::string Expand(const std::string& word, const std::string& options, const std::string& source,
                   const std::string& target) {
  std::string text;
  for (size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '%' || i + 1 == word.size()) {
      text += word[i];
      continue;
    }
    switch (word[++i]) {
      case 'O':
        text += options;
        break;
      case 'S':
        text += source;
        break;
      case 'M':
      case 'D':
        text += target;
        break;
      case '%':
        text += '%';
        break;
      default:
        text += {'%', word[i]};
    }
  }
  return text;
}

}  // namespace

std::vector<Program> ParseTable(std::string_view text) {
  constexpr size_t kBeforeCommand = 3;
  std::vector<Program> programs;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> words = Words(line.substr(0, line.find('#')));
    if (words.size() <= kBeforeCommand) continue;
    Program program;
    program.names = SplitOptions(words[0]);
    program.package = words[1];
    for (const std::string& flag : SplitOptions(words[2])) {
      if (flag == "readonly") program.read_only = true;
      if (flag == "ids") program.ids = true;
      if (flag == "nonempty") program.non_empty = true;
    }
    program.command.assign(words.begin() + kBeforeCommand, words.end());
    programs.push_back(std::move(program));
  }
  return programs;
}

namespace {

// Where umfuseNAME.so may lie: UMVIEW_MODULE_PATH, LD_LIBRARY_PATH, and where UMview's packages
// have it.
std::optional<std::string> FindModule(std::string_view name) {
  std::string file = "/umfuse" + std::string(name) + ".so";
  std::string dirs;
  for (const char* variable : {"UMVIEW_MODULE_PATH", "LD_LIBRARY_PATH"}) {
    if (const char* value = ::getenv(variable)) dirs += std::string(value) + ":";
  }
  std::istringstream in(dirs + "/usr/local/lib/umview/modules:/usr/lib/umview/modules");
  for (std::string dir; std::getline(in, dir, ':');) {
    if (!dir.empty() && ::access((dir + file).c_str(), R_OK) == 0) return dir + file;
  }
  return std::nullopt;
}

// The process that a module runs in: the program beside ours, or that of the PATH.
std::string ModuleRunner() {
  constexpr char kRunner[] = "um_fuse_module";
  char self[PATH_MAX];
  ssize_t size = ::readlink("/proc/self/exe", self, sizeof(self));
  std::string path(self, static_cast<size_t>(std::max<ssize_t>(size, 0)));
  path = path.substr(0, path.rfind('/') + 1) + kRunner;
  return ::access(path.c_str(), X_OK) == 0 ? path : kRunner;
}

}  // namespace

std::optional<Program> FindModuleProgram(std::string_view name) {
  std::optional<std::string> module = FindModule(name);
  if (name.find('/') != std::string_view::npos || !module) return std::nullopt;
  Program program;
  program.names = {std::string(name)};
  program.package = "-";
  program.module = true;
  program.command = {ModuleRunner(), *module, "-o", "%O", "%S", "%M"};
  return program;
}

std::optional<Program> FindProgram(std::string_view name) {
  std::vector<Program> all;
  for (const std::string& path : UserTables()) {
    std::ifstream file(path);
    std::string text;
    std::getline(file, text, '\0');  // an iterator would throw when it is a directory
    for (Program& program : ParseTable(text)) all.push_back(std::move(program));
  }
  for (Program& program : ParseTable(kBuiltIn)) all.push_back(std::move(program));
  for (Program& program : all) {
    if (std::find(program.names.begin(), program.names.end(), name) != program.names.end())
      return std::move(program);
  }
  return std::nullopt;
}

std::vector<std::string> CommandLine(const Program& program, const ProgramOptions& options,
                                     const std::string& source, const std::string& target) {
  std::vector<std::string> list = {options.read_only                 ? "ro"
                                   : program.module && options.write ? "rw+"
                                                                     : "rw"};
  list.insert(list.end(), options.rest.begin(), options.rest.end());
  if (options.fs_debug) list.push_back("debug");
  if (program.non_empty && (options.merge || !options.except.empty())) list.push_back("nonempty");
  if (options.hard_remove) list.push_back("hard_remove");
  std::string text = Join(list);
  std::vector<std::string> words = options.format.empty() ? program.command : Words(options.format);
  bool without_source = options.no_source || source == "NONE";
  std::vector<std::string> argv;
  for (const std::string& word : words) {
    if (word == "%S" && without_source) continue;
    argv.push_back(Expand(word, text, source, target));
    if (argv.size() == 1) argv.insert(argv.end(), options.pre.begin(), options.pre.end());
  }
  argv.insert(argv.end(), options.post.begin(), options.post.end());
  return argv;
}

}  // namespace umsdk::umfuse
