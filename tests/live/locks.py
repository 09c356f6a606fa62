"""Locks of two guests on a file of a bindfs with --enable-lock-forwarding: locks.py MOUNTED SOURCE.

The daemon takes all guests for one owner; what it holds is seen from outside, on the source.
"""
import fcntl
import os
import struct
import sys

mounted, source = sys.argv[1:]
OFD_GETLK, OFD_SETLK, OFD_SETLKW = 36, 37, 38


def lock(file, command, kind, start, length):
    """fcntl(file, command): the type, start and length that the call leaves behind."""
    about = struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0)
    return struct.unpack("hhqqi4x", fcntl.fcntl(file, command, about))[:4]


def found(path, command, kind=fcntl.F_WRLCK):
    with open(path, "r+") as file:
        return lock(file, command, kind, 0, 100)


def refused(file, command, kind, start, length):
    try:
        lock(file, command, kind, start, length)
    except BlockingIOError:
        return True
    return False


def await_fcntl(pid):
    """Until the process is in fcntl(2), or has ended."""
    while True:
        with open(f"/proc/{pid}/syscall") as file:
            words = file.read().split()
        if words[0] in ("72", "-1"):
            return
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return


def waits(holder_path, set_lock, set_waiting):
    """Somebody with the lock on holder_path is waited for by a user of the mount."""
    order_out, order_in = os.pipe()
    holder = open(holder_path, "r+")
    lock(holder, set_lock, fcntl.F_WRLCK, 0, 10)
    child = os.fork()
    if child == 0:
        holder.close()
        with open(mounted, "r+") as file:
            assert refused(file, set_lock, fcntl.F_WRLCK, 5, 1)
            os.write(order_in, b"r")
            lock(file, set_waiting, fcntl.F_WRLCK, 5, 1)
            os.write(order_in, b"g")
        os._exit(0)
    assert os.read(order_out, 1) == b"r"
    await_fcntl(child)
    os.write(order_in, b"u")
    lock(holder, set_lock, fcntl.F_UNLCK, 0, 10)
    assert os.waitpid(child, 0)[1] == 0
    assert os.read(order_out, 2) == b"ug", "granted while another one had it"
    holder.close()
    found(mounted, OFD_GETLK)  # what the child's end dropped has reached the daemon then
    os.close(order_out)
    os.close(order_in)


for set_lock, set_waiting in ((fcntl.F_SETLK, fcntl.F_SETLKW), (OFD_SETLK, OFD_SETLKW)):
    waits(mounted, set_lock, set_waiting)
    waits(source, set_lock, set_waiting)

    # Seen from outside, as what it is; a part that is given up can be had there.
    with open(mounted, "r+") as file:
        lock(file, set_lock, fcntl.F_RDLCK, 0, 10)
        assert found(source, fcntl.F_GETLK)[0] == fcntl.F_RDLCK
        assert found(source, fcntl.F_GETLK, fcntl.F_RDLCK)[0] == fcntl.F_UNLCK
        lock(file, set_lock, fcntl.F_WRLCK, 10, 10)
        lock(file, set_lock, fcntl.F_UNLCK, 0, 5)
        kind, _, start, length = found(source, fcntl.F_GETLK)
        assert (kind, start, length) == (fcntl.F_RDLCK, 5, 5), (kind, start, length)
        # Outside, another one stands in the way of more; what there was stays.
        with open(source, "r+") as outside:
            lock(outside, OFD_SETLK, fcntl.F_RDLCK, 5, 1)
            assert refused(file, set_lock, fcntl.F_WRLCK, 0, 20)
        kind, _, start, length = found(source, fcntl.F_GETLK)
        assert (kind, start, length) == (fcntl.F_RDLCK, 5, 5), (kind, start, length)
    # The close gives it back, at the next lock call on the file.
    with open(mounted, "r+") as file:
        found(mounted, OFD_GETLK)
        assert found(source, fcntl.F_GETLK)[0] == fcntl.F_UNLCK

# Two descriptions share what both may have, and keep what one of them gives up.
with open(mounted, "r+") as first, open(mounted, "r+") as second:
    lock(first, OFD_SETLK, fcntl.F_RDLCK, 0, 10)
    lock(second, OFD_SETLK, fcntl.F_RDLCK, 5, 10)
    assert lock(second, OFD_GETLK, fcntl.F_WRLCK, 0, 1)[0] == fcntl.F_RDLCK
    lock(second, OFD_SETLK, fcntl.F_UNLCK, 0, 0)
    kind, _, start, length = found(source, fcntl.F_GETLK)
    assert (kind, start, length) == (fcntl.F_RDLCK, 0, 10), (kind, start, length)
