#!/usr/bin/env python3
"""disk_calls.py DISK PARTITION: what system calls say of a disk of 1 MiB whose first partition lies at sector 64 and
has 128 sectors. One line a call; disk_calls.expected is what Linux says of a loop device."""
import ctypes
import errno
import fcntl
import os
import stat
import struct
import sys

SIZE = 1 << 20
SET, CUR, END, DATA, HOLE = range(5)
WHENCE = ("SET", "CUR", "END", "DATA", "HOLE")
KEEP, PUNCH, COLLAPSE, ZERO, INSERT, UNSHARE = 1, 2, 8, 16, 32, 64
BLKPG, BLKPG_RESIZE = 0x1269, 3
BLKROSET = 0x125D
libc = ctypes.CDLL(None, use_errno=True)
libc.fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)


def say(what, call, *arguments):
    try:
        result = call(*arguments)
    except OSError as error:
        result = errno.errorcode[error.errno]
    print(f"{what}: {result}")


def seek(fd, offset, whence):
    say(f"lseek {offset} {WHENCE[whence]}", os.lseek, fd, offset, whence)


def fallocate(fd, mode, offset, length):
    def call():
        if libc.fallocate(fd, mode, offset, length) != 0:
            raise OSError(ctypes.get_errno(), "")
        return 0

    say(f"fallocate {mode} {offset} {length}", call)


def seeks(fd, size):
    for offset, whence in (
            (size - 1, SET), (size, SET), (size + 1, SET), (-1, SET), (1 << 32, SET), ((1 << 63) - 1, SET),
            (0, CUR), (-1, CUR), (1, CUR), (1, CUR), (1 << 32, CUR), ((1 << 63) - 1, CUR), (-size - 1, CUR),
            (-size, CUR), (0, END), (-size, END), (-size - 1, END), (1, END), (1 << 32, END),
            (0, DATA), (1, DATA), (0, HOLE), (size, HOLE), (0, SET)):
        seek(fd, offset, whence)


def content(fd):
    """Which sectors are not the pattern."""
    data = os.pread(fd, SIZE, 0)
    return [n for n in range(SIZE // 512) if data[512 * n:512 * n + 512] != b"\x5a" * 512]


def zeros(fd):
    """Whether all the other sectors are zero."""
    changed = content(fd)
    return all(os.pread(fd, 512, 512 * n) == bytes(512) for n in changed)


def fallocates(disk):
    fd = os.open(disk, os.O_RDWR)
    os.pwrite(fd, b"\x5a" * SIZE, 0)
    for mode in (PUNCH | KEEP, ZERO, ZERO | KEEP):
        for offset, length in ((4096, 4096), (100, 512), (512, 100), (SIZE, 512), (SIZE - 512, 1024),
                               (SIZE + 512, 512), (-512, 512), (0, 0), (0, -512), ((1 << 63) - 512, 512)):
            fallocate(fd, mode, offset, length)
        os.fsync(fd)
        changed = content(fd)
        say("changed", lambda: (changed, zeros(fd)))
        os.pwrite(fd, b"\x5a" * SIZE, 0)
    for mode in (0, KEEP, PUNCH, PUNCH | ZERO | KEEP, COLLAPSE, INSERT, UNSHARE, ZERO | COLLAPSE, 1 << 20):
        fallocate(fd, mode, 0, 4096)
    say("changed", content, fd)
    os.close(fd)
    fd = os.open(disk, os.O_RDONLY)
    for mode in (PUNCH | KEEP, 0, 1 << 20):
        fallocate(fd, mode, 0, 4096)
    os.close(fd)


def partition(disk, part):
    fd = os.open(part, os.O_RDWR)
    seeks(fd, 128 * 512)
    whole = os.open(disk, os.O_RDWR)
    for sectors in (256, 64):
        wanted = ctypes.create_string_buffer(struct.pack("qqi128x", 64 * 512, sectors * 512, 1))
        request = struct.pack("iiiP", BLKPG_RESIZE, 0, len(wanted), ctypes.addressof(wanted))
        os.lseek(fd, 0, SET)
        say(f"resize to {sectors}", lambda: fcntl.ioctl(whole, BLKPG, request) and 0)
        for offset, whence in ((0, END), (0, CUR), (sectors * 512, SET), (sectors * 512 + 1, SET), (1, END)):
            seek(fd, offset, whence)
        say("pread at the end", lambda: len(os.pread(fd, 1024, sectors * 512 - 512)))
    os.close(whole)
    os.close(fd)


def node(path):
    found = os.stat(path)
    print("block", stat.S_ISBLK(found.st_mode), "links", found.st_nlink, "recent", found.st_mtime > 1e9,
          found.st_atime > 1e9, found.st_ctime > 1e9)


def main(disk, part):
    for path in (disk, part):
        node(path)
    fd = os.open(disk, os.O_RDONLY)
    seeks(fd, SIZE)
    os.close(fd)
    partition(disk, part)
    fallocates(disk)


main(*sys.argv[1:])
