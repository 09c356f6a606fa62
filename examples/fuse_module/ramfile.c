// A file system of one file in memory, for libfuse 3. The same source makes
//   a program:     gcc ramfile.c -o ramfile $(pkg-config --cflags --libs fuse3)
//   a umfuse module: gcc -shared -fPIC ramfile.c -o umfuseramfile.so $(pkg-config --cflags --libs fuse3)
// The module is mounted by `mount -t umfuseramfile -o nosource none DIR`, when its directory is in
// UMVIEW_MODULE_PATH.
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse.h>
#include <stdlib.h>
#include <string.h>

static const char kName[] = "/file";
static char* bytes;
static size_t size;

static int GetAttr(const char* path, struct stat* st, struct fuse_file_info* info) {
  (void)info;
  memset(st, 0, sizeof(*st));
  if (strcmp(path, "/") == 0) {
    st->st_mode = S_IFDIR | 0755;
    st->st_nlink = 2;
    return 0;
  }
  if (strcmp(path, kName) != 0) return -ENOENT;
  st->st_mode = S_IFREG | 0644;
  st->st_nlink = 1;
  st->st_size = (off_t)size;
  return 0;
}

static int ReadDir(const char* path, void* buffer, fuse_fill_dir_t fill, off_t offset,
                   struct fuse_file_info* info, enum fuse_readdir_flags flags) {
  (void)path, (void)offset, (void)info, (void)flags;
  fill(buffer, ".", NULL, 0, 0);
  fill(buffer, "..", NULL, 0, 0);
  fill(buffer, kName + 1, NULL, 0, 0);
  return 0;
}

static int Truncate(const char* path, off_t wanted, struct fuse_file_info* info) {
  (void)path, (void)info;
  char* grown = realloc(bytes, (size_t)wanted + 1);
  if (grown == NULL) return -ENOSPC;
  bytes = grown;
  if ((size_t)wanted > size) memset(bytes + size, 0, (size_t)wanted - size);
  size = (size_t)wanted;
  return 0;
}

static int Read(const char* path, char* out, size_t count, off_t offset, struct fuse_file_info* info) {
  (void)path, (void)info;
  if ((size_t)offset >= size) return 0;
  if (count > size - (size_t)offset) count = size - (size_t)offset;
  memcpy(out, bytes + offset, count);
  return (int)count;
}

static int Write(const char* path, const char* in, size_t count, off_t offset, struct fuse_file_info* info) {
  if ((size_t)offset + count > size && Truncate(path, offset + (off_t)count, info) != 0) return -ENOSPC;
  memcpy(bytes + offset, in, count);
  return (int)count;
}

static const struct fuse_operations kOperations = {
    .getattr = GetAttr, .readdir = ReadDir, .truncate = Truncate, .read = Read, .write = Write};

int main(int argc, char** argv) { return fuse_main(argc, argv, &kOperations, NULL); }
