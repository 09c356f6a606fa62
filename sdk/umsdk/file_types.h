// The values that go between the SDK and a FileSystem: nodes, attributes, entries, locks.
#ifndef UMSDK_FILE_TYPES_H_
#define UMSDK_FILE_TYPES_H_

#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace umsdk {

// A node within one FileSystem. It is not reused while a guest holds it (see Forget).
using NodeId = uint64_t;
inline constexpr NodeId kRootNode = 1;

// Attributes, as in stat(2). `mode` holds the type bits too. Times in nanosecond precision.
struct Attr {
  uint64_t ino = 0;  // what guests see as st_ino; 0: the SDK uses the node id
  mode_t mode = 0;
  uint64_t nlink = 1;
  uid_t uid = 0;
  gid_t gid = 0;
  dev_t rdev = 0;
  uint64_t size = 0;    // bytes
  uint64_t blocks = 0;  // units of 512 bytes
  uint32_t blksize = 4096;
  timespec atime = {};
  timespec mtime = {};
  timespec ctime = {};
  timespec btime = {};
  // Of Lookup only: the time of access may have changed; who shows it asks GetAttr.
  bool atime_old = false;
};

// Who asks: the guest thread's file system identity. `tid` is 0 for the SDK's own calls.
struct Caller {
  pid_t tid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // supplementary
  mode_t umask = 0;           // already applied to the modes that the SDK passes on
};

// What a lookup finds. Attributes may be used without asking again for `ttl_seconds`.
struct Entry {
  NodeId node = 0;
  Attr attr;
  double ttl_seconds = 0;
};

// Which attributes change; unset ones stay.
struct SetAttrRequest {
  std::optional<mode_t> mode;  // permission bits only
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  std::optional<uint64_t> size;
  std::optional<timespec> atime;
  std::optional<timespec> mtime;
};

// One directory entry. `next` is the offset at which a later ReadDir goes on behind it (never 0).
struct DirEntry {
  std::string name;
  uint64_t ino = 0;
  unsigned char type = 0;  // DT_* of dirent.h
  uint64_t next = 0;
};

// An open file of the file system: chosen by Open, meaningful to it alone.
using FileHandle = uint64_t;

struct OpenReply {
  FileHandle handle = 0;
  bool direct_io = false;  // no caching: every read asks the file system, size may be unknown
  bool keep_cache = true;  // false: what was read before this open may have changed
  // Other than kFree: lseek(2), pread(2) and mmap(2) are refused, and poll(2) asks (Readiness).
  // kInOrder: reads and writes come one at a time, each where the one before it ended. kStream: all at
  // offset 0, and side by side.
  enum class Seeking { kFree, kInOrder, kStream };
  Seeking seeking = Seeking::kFree;
};

// What Create gives: a new file, open.
struct Created {
  Entry entry;
  OpenReply open;
};

// A lock of bytes of a file, as fcntl(2) has them.
struct FileLock {
  short type = 2;  // F_RDLCK, F_WRLCK, F_UNLCK
  uint64_t start = 0;
  uint64_t end = INT64_MAX;  // the last byte
  pid_t pid = 0;             // of who has it
};
enum class LockKind { kPosix, kFlock };

}  // namespace umsdk

#endif  // UMSDK_FILE_TYPES_H_
