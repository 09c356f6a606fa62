// The kinds of HostFile: a real file, a file of a virtual file system, a virtual device.
#ifndef SDK_CORE_HOST_FILE_H_
#define SDK_CORE_HOST_FILE_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <memory>

#include "sdk/base/unique_fd.h"
#include "sdk/core/object_table.h"
#include "sdk/core/virtual_device.h"
#include "sdk/core/virtual_file.h"
#include "umsdk/host_files.h"

namespace umsdk {

Attr AttrOf(const struct stat& st);

// What an open asked for. EBADF for the rest.
struct AccessMode {
  explicit AccessMode(int flags)
      : reads((flags & O_ACCMODE) != O_WRONLY), writes((flags & O_ACCMODE) != O_RDONLY) {}
  bool reads, writes;
};

// `fd`: a regular file or a block device.
std::unique_ptr<HostFile> MakeRealHostFile(UniqueFd fd);
// Shares the open file with the guests. `description`: one of its open file descriptions, which
// keeps it from being given back.
std::unique_ptr<HostFile> MakeVirtualHostFile(std::shared_ptr<VirtualFile> file,
                                              UniqueFd description, const Caller& caller,
                                              AccessMode access);
// An open of its own.
std::unique_ptr<HostFile> MakeDeviceHostFile(std::shared_ptr<VirtualDevice> device,
                                             AccessMode access);

}  // namespace umsdk

#endif  // SDK_CORE_HOST_FILE_H_
