#!/usr/bin/env python3
"""tree.py walk DIR: lists a tree, with hashes.  tree.py write DIR: changes one, in a fixed way.

Both print what they see, the same on every file system that behaves the same.  Times of changes are
left out, as are inode numbers, which FUSE's kernel side may choose.
"""
import errno
import hashlib
import mmap
import os
import stat
import sys

PAGE = 4096


def content(size, seed):
  """Bytes that do not repeat with any power of two."""
  block = bytes((i * 7 + seed) % 251 for i in range(251 * 16))
  return (block * (size // len(block) + 1))[:size]


def digest(path):
  with open(path, "rb") as file:
    return hashlib.md5(file.read()).hexdigest()


def describe(path, times):
  st = os.lstat(path)
  fields = [stat.filemode(st.st_mode)]
  if not stat.S_ISDIR(st.st_mode):
    fields += [st.st_nlink, st.st_size]
  fields += [st.st_uid, st.st_gid]
  if times:
    fields.append(st.st_mtime_ns)
  if stat.S_ISLNK(st.st_mode):
    fields.append(os.readlink(path))
  if stat.S_ISREG(st.st_mode):
    fields.append(digest(path))
  return " ".join(str(field) for field in fields)


def walk(top, times=True):
  for directory, names, files in os.walk(top):
    names.sort()
    if "lost+found" in names:
      names.remove("lost+found")
    for name in sorted(names + files):
      path = os.path.join(directory, name)
      print(os.path.relpath(path, top), describe(path, times))


def attempt(what, function):
  """Prints what comes of it."""
  try:
    result = function()
    print(what, "ok" if result is None else result)
  except OSError as error:
    print(what, errno.errorcode[error.errno])


def put(path, data, flags=0, offset=0):
  fd = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o644)
  try:
    os.pwrite(fd, data, offset)
  finally:
    os.close(fd)


def append(path, data):
  with open(path, "ab") as file:
    file.write(data)


def through_map(path):
  fd = os.open(path, os.O_RDWR)
  with mmap.mmap(fd, 3 * PAGE, mmap.MAP_SHARED) as view:
    view[PAGE - 2:PAGE + 2] = b"map!"
    view.flush()
  os.close(fd)


def unlinked(path):
  """A file that is removed while it is open."""
  fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
  os.write(fd, b"before")
  os.unlink(path)
  os.pwrite(fd, b"after", 6)
  size, data = os.fstat(fd).st_size, os.pread(fd, 100, 0)
  os.close(fd)
  return "%d %s %s" % (size, data.decode(), os.path.exists(path))


def sync(path):
  fd = os.open(path, os.O_RDWR)
  os.fsync(fd)
  os.close(fd)


def edges(path):
  fd = os.open(path, os.O_RDONLY)
  size = os.fstat(fd).st_size
  seen = [len(os.pread(fd, 10, size - 3)), len(os.pread(fd, 10, size)), len(os.pread(fd, 10, size + PAGE))]
  os.close(fd)
  return seen


def write(top):
  os.chdir(top)
  os.makedirs("new/a/b")
  for i, size in enumerate([0, 1, PAGE - 1, PAGE, PAGE + 1, 131072, 131073, (1 << 20) + 3]):
    put("new/size%d" % i, content(size, i))
  attempt("edges", lambda: edges("new/size5"))
  attempt("overwrite", lambda: put("new/size7", content(70000, 9), offset=99999))
  attempt("append", lambda: append("new/size2", b"more"))
  attempt("hole", lambda: put("new/hole", b"end", offset=200000))
  attempt("shorten", lambda: os.truncate("new/size6", 1000))
  attempt("lengthen", lambda: os.truncate("new/size6", 5000))
  attempt("empty", lambda: put("new/size4", b"", os.O_TRUNC))
  attempt("exclusive", lambda: put("new/size4", b"x", os.O_EXCL))
  attempt("map", lambda: through_map("new/size5"))
  attempt("sync", lambda: sync("new/size5"))
  attempt("unlinked", lambda: unlinked("new/gone"))
  attempt("symlink", lambda: os.symlink("../size3", "new/a/link"))
  attempt("through symlink", lambda: digest("new/a/link"))
  attempt("loop", lambda: os.symlink("loop", "new/loop") or os.stat("new/loop"))
  attempt("hard link", lambda: os.link("new/size3", "new/hard"))
  attempt("rename", lambda: os.rename("new/size1", "new/a/b/one"))
  attempt("rename over", lambda: os.rename("new/size0", "new/size2"))
  attempt("rename dir", lambda: os.rename("new/a/b", "new/c"))
  attempt("rename into itself", lambda: os.rename("new/c", "new/c/d"))
  attempt("rename over full", lambda: os.makedirs("new/e") or os.rename("new/e", "new/c"))
  attempt("rename over dir", lambda: os.rename("new/size3", "new/e"))
  attempt("rmdir full", lambda: os.rmdir("new/c"))
  attempt("rmdir", lambda: os.rmdir("new/e"))
  attempt("unlink dir", lambda: os.unlink("new/c"))
  attempt("not a dir", lambda: os.stat("new/size3/x"))
  attempt("chmod", lambda: os.chmod("new/size6", 0o604))
  attempt("utimes", lambda: os.utime("new/size6", (1000000000, 1234567890)))
  attempt("utimes", lambda: int(os.stat("new/size6").st_mtime))
  attempt("long name", lambda: put("new/" + "n" * 200, b"long"))
  attempt("xattr", lambda: os.setxattr("new/size6", "user.a", b"value"))
  attempt("xattr", lambda: os.getxattr("new/size6", "user.a"))
  attempt("no xattr", lambda: os.getxattr("new/size6", "user.none"))
  os.mkdir("new/many")
  for i in range(300):
    put("new/many/file%d" % i, b"%d" % i)
  for i in range(0, 300, 3):
    os.unlink("new/many/file%d" % i)
  attempt("many", lambda: len(os.listdir("new/many")))
  for name in sorted(os.listdir("new")):
    print("listed", name)
  walk("new", times=False)


if __name__ == "__main__":
  {"walk": walk, "write": write}[sys.argv[1]](sys.argv[2])
