#!/usr/bin/python3
"""tap.py DEVICE: two tap interfaces of one switch exchange frames."""

import errno
import fcntl
import os
import select
import struct
import sys

TUNSETIFF = 0x400454CA
TAP, NO_PI = 2, 0x1000
LONGEST = 2000


def refused(error, function, *arguments):
    """Whether the call fails, with that error."""
    try:
        function(*arguments)
    except OSError as e:
        return e.errno == error
    return False


def tap(device, name, flags):
    """A descriptor and the name of its interface."""
    fd = os.open(device, os.O_RDWR)
    assert refused(errno.EBADFD, os.read, fd, LONGEST)
    assert refused(errno.EBADFD, os.write, fd, bytes(60))
    answer = fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name, flags))
    return fd, answer[:16].rstrip(b"\0")


def frame(source):
    return b"\xff" * 6 + b"\x02\0\0\0\0" + bytes([source]) + b"\x88\xb5" + b"hello" + bytes(60)


def main(device):
    first, name = tap(device, b"", TAP | NO_PI)
    assert name == b"tap0", name
    second, name = tap(device, b"tap%d", TAP)
    assert name == b"tap1", name
    assert refused(errno.EBUSY, tap, device, b"tap0", TAP)
    info = b"\0\0\x88\xb5"

    for fd, most in ((first, 13), (second, 17)):
        for size in 0, 1, 4, most:
            assert refused(errno.EINVAL, os.write, fd, bytes(size)), size
        assert os.writev(fd, [b""]) == 0
        assert refused(errno.EINVAL, os.writev, fd, [b"ab", bytes(most - 2)])
    os.write(first, frame(1))
    poll = select.poll()
    poll.register(second, select.POLLIN)
    assert poll.poll()
    assert os.read(second, LONGEST) == info + frame(1)
    os.write(second, info + frame(2))
    assert os.read(first, LONGEST) == frame(2)

    child = os.fork()
    if child == 0:
        os.close(second)
        os.write(first, frame(1))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(second, LONGEST) == info + frame(1)
    assert os.fstat(first).st_rdev == os.makedev(10, 200)


main(sys.argv[1])
