#!/usr/bin/env python3
"""Disk images with partition tables, good and bad, for disk_tables_test.sh.

disk_tables.py make DIRECTORY   prints the names of all images, and writes into three directories there, by their names:
                                images/   themselves
                                expected/ the partitions that umdev shows of each, "NUMBER START SECTORS" a line
                                kernel/   those that Linux shows (6.1 did; the kernel is asked where it can tell)
disk_tables.py nodes            the partitions that have a node, of each device of umdev on stdin; then "."
disk_tables.py remove_loop NUMBER: the kernel forgets the loop device
"""
import fcntl
import glob
import os
import random
import re
import struct
import sys
import uuid
import zlib

SECTOR = 512
SECTORS = 40960  # 20 MiB
DATA = uuid.UUID("0fc63daf-8483-4772-8e79-3d69d8477de4")


class Image:
    def __init__(self, sectors=SECTORS):
        self.sectors = sectors
        self.bytes = bytearray(sectors * SECTOR)

    def table(self, at, *slots, disk_id=0):
        """An MBR, or a link of an extended chain: slots of (type, start, count[, boot])."""
        base = at * SECTOR
        for i, (kind, start, count, *boot) in enumerate(slots):
            chs = b"\xfe\xff\xff"
            entry = bytes([boot[0] if boot else 0]) + chs + bytes([kind]) + chs
            entry += struct.pack("<II", start, count)
            self.bytes[base + 446 + 16 * i:base + 462 + 16 * i] = entry
        if disk_id:
            self.bytes[base + 440:base + 444] = struct.pack("<I", disk_id)
        self.bytes[base + 510:base + 512] = b"\x55\xaa"
        return self

    def gpt(self, parts, protective=((0xEE, 1, 0xFFFFFFFF),)):
        """Both headers: parts are (first, last)."""
        last = self.sectors - 1
        self.table(0, *[(k, s, min(c, last)) for k, s, c in protective])
        table = bytearray(128 * 128)
        for i, (first, end) in enumerate(parts):
            own = uuid.UUID(int=0x1000 + i)
            name = f"part{i + 1}".encode("utf-16-le").ljust(72, b"\0")
            table[128 * i:128 * i + 128] = (DATA.bytes_le + own.bytes_le +
                                            struct.pack("<QQQ", first, end, 0) + name)
        self.put(2, table)
        self.put(last - 32, table)
        self.header(1, last, 2, table)
        self.header(last, 1, last - 32, table)
        return self

    def header(self, here, other, entries, table):
        last = self.sectors - 1
        fields = [b"EFI PART", 0x10000, 92, 0, 0, here, other, 34, last - 33,
                  uuid.UUID(int=0xD15C).bytes_le, entries, 128, 128, zlib.crc32(table)]
        form = "<8sIIIIQQQQ16sQIII"
        fields[3] = zlib.crc32(struct.pack(form, *fields))
        self.put(here, struct.pack(form, *fields))

    def put(self, sector, data):
        self.bytes[sector * SECTOR:sector * SECTOR + len(data)] = data
        return self

    def spoil(self, sector, offset):
        self.bytes[sector * SECTOR + offset] ^= 0xFF
        return self


def chain(kind, link=0x05):
    """A primary, and an extended partition with five logical ones."""
    image = Image().table(0, (0x83, 2048, 2048), (kind, 6144, 34816), disk_id=0x1234ABCD)
    for i in range(5):
        slots = [(0x83, 2048, 2048 + 8 * i)]
        if i < 4:
            slots.append((link, 6144 * (i + 1), 6144))
        image.table(6144 * (i + 1), *slots)
    return image


FIVE = "1 2048 2048;2 6144 2;" + ";".join(
    f"{5 + i} {6144 * (i + 1) + 2048} {2048 + 8 * i}" for i in range(5))


def endless():
    """The second link names the first one as the next."""
    return (Image().table(0, (0x05, 4096, 30000), disk_id=7)
            .table(4096, (0x83, 64, 1000), (0x05, 8192, 4000))
            .table(12288, (0x83, 64, 1000), (0x05, 0, 4000)))


def garbage(seed, signature):
    image = Image()
    image.bytes[:] = random.Random(seed).randbytes(len(image.bytes))
    return image.put(0, b"\x77" * 510 + b"\x55\xaa") if signature else image.put(0, b"\x77" * 510)


TWO = ((2048, 10239), (12288, 20479))
GPT = "1 2048 8192;2 12288 8192"

# Each image, and its partitions.
IMAGES = {
    "primaries": (lambda: Image().table(
        0, (0x83, 2048, 8192, 0x80), (0x82, 10240, 2048), (0x0C, 12288, 4096), (0x07, 16384, 24576),
        disk_id=0xCAFE), "1 2048 8192;2 10240 2048;3 12288 4096;4 16384 24576"),
    "slots": (lambda: Image().table(0, (0, 0, 0), (0x83, 2048, 8192), (0, 0, 0), (0x83, 12288, 8192)),
              "2 2048 8192;4 12288 8192"),
    "chain_05": (lambda: chain(0x05), FIVE),
    "chain_0f": (lambda: chain(0x0F), FIVE),
    "chain_85": (lambda: chain(0x85, 0x85), FIVE),
    "two_chains": (lambda: Image().table(0, (0x05, 2048, 8192), (0x0F, 12288, 8192), disk_id=9)
                   .table(2048, (0x83, 64, 1000)).table(12288, (0x83, 64, 2000)),
                   "1 2048 2;2 12288 2;5 2112 1000;6 12352 2000"),
    "chain_order": (lambda: Image().table(0, (0x05, 2048, 20000), disk_id=9)
                    .table(2048, (0x05, 8000, 4000), (0x83, 64, 1000))
                    .table(10048, (0x83, 64, 2000), (0x05, 2000, 4000))
                    .table(4048, (0x83, 64, 500)),
                    "1 2048 2;5 2112 1000;6 10112 2000;7 4112 500"),
    "chain_third": (lambda: Image().table(0, (0x05, 2048, 20000), disk_id=9)
                    .table(2048, (0x83, 64, 1000), (0, 0, 0), (0x83, 1064, 1000), (0x83, 1 << 30, 1000)),
                    "1 2048 2;5 2112 1000;6 3112 1000"),
    "chain_tiny": (lambda: Image().table(0, (0x05, 2048, 1), (0x83, 4096, 2048), disk_id=9),
                   "1 2048 1;2 4096 2048"),
    "endless": (endless, "1 4096 2;5 4160 1000;6 12352 1000"),
    "unsigned_link": (lambda: Image().table(0, (0x05, 2048, 20000), disk_id=9), "1 2048 2"),
    "typeless": (lambda: Image().table(0, (0, 2048, 8192), (0x83, 12288, 8192), disk_id=9),
                 "1 2048 8192;2 12288 8192"),
    "beyond": (lambda: Image().table(0, (0x83, 2048, 8192), (0x83, 30720, 20480), (0x83, 50000, 100),
                                     (0x83, 40959, 0xFFFFFFFF), disk_id=9),
               "1 2048 8192;2 30720 10240;4 40959 1"),
    "chain_beyond": (lambda: Image().table(0, (0x05, 2048, 90000), disk_id=9)
                     .table(2048, (0x83, 64, 80000), (0x05, 70000, 4000)), "1 2048 2;5 2112 38848"),
    "overlapping": (lambda: Image().table(0, (0x83, 2048, 8192), (0x83, 4096, 8192), (0x83, 2048, 8192),
                                          disk_id=9), "1 2048 8192;2 4096 8192;3 2048 8192"),
    "unaligned": (lambda: Image().table(0, (0x83, 63, 8129), (0x83, 8193, 7777), (0x83, 16001, 1),
                                        disk_id=9), "1 63 8129;2 8193 7777;3 16001 1"),
    "start_0": (lambda: Image().table(0, (0x83, 0, 8192), disk_id=9), "1 0 8192"),
    "tiny": (lambda: Image(128).table(0, (0x83, 1, 60), (0x83, 61, 67), disk_id=9), "1 1 60;2 61 67"),
    "empty": (Image, ""),
    "garbage": (lambda: garbage(1, False), ""),
    "garbage_signed": (lambda: garbage(2, True), ""),
    "gpt": (lambda: Image().gpt(TWO), GPT),
    "gpt_tiny": (lambda: Image(128).gpt(((34, 40), (50, 94))), "1 34 7;2 50 45"),
    "gpt_bad_first": (lambda: Image().gpt(TWO).spoil(1, 60), GPT),
    "gpt_bad_first_table": (lambda: Image().gpt(TWO).spoil(2, 40), GPT),
    "gpt_bad_backup": (lambda: Image().gpt(TWO).spoil(SECTORS - 1, 60), GPT),
    "gpt_bad": (lambda: Image().gpt(TWO).spoil(1, 60).spoil(SECTORS - 1, 60), ""),
    "gpt_beyond": (lambda: Image().gpt(((2048, 10239), (12288, SECTORS), (SECTORS, SECTORS + 9))),
                   "1 2048 8192"),
    "gpt_overlapping": (lambda: Image().gpt(((2048, 10239), (4096, 12287))), "1 2048 8192;2 4096 8192"),
    "gpt_unprotected": (lambda: Image().gpt(TWO).put(0, bytes(SECTOR)), ""),
    "gpt_protective_elsewhere": (lambda: Image().gpt(TWO, ((0xEE, 2, 100), (0x83, 2048, 8192))), ""),
    "gpt_hybrid": (lambda: Image().gpt(TWO, ((0x83, 2048, 8192), (0xEE, 1, 2047))), GPT),
}

# What Linux shows where umdev differs on purpose. It takes the backup of a GPT only when it is booted with "gpt";
# umdev always does, as libblkid and the tools do. And it walks a chain that is a loop until it has no number left.
DIFFERENT = {
    "gpt_bad_first": "",
    "gpt_bad_first_table": "",
    "endless": "1 4096 2;" + ";".join(
        f"{n} {4160 if n % 2 else 12352} 1000" for n in range(5, 256)),
}


def make(directory):
    def write(kind, name, content):
        os.makedirs(os.path.join(directory, kind), exist_ok=True)
        with open(os.path.join(directory, kind, name), "wb") as out:
            out.write(content)

    def lines(partitions):
        return (partitions.replace(";", "\n") + "\n" if partitions else "").encode()

    for name, (create, expected) in IMAGES.items():
        write("images", name, create().bytes)
        write("expected", name, lines(expected))
        write("kernel", name, lines(DIFFERENT.get(name, expected)))
        print(name)


def nodes(device):
    """HDIO_GETGEO tells where a partition starts: there is no file in /sys for it."""
    separator = "p" if device[-1].isdigit() else ""
    found = []
    for path in glob.glob(device + separator + "*"):
        number = re.fullmatch(re.escape(device) + separator + "([0-9]+)", path)
        if number is None:
            continue
        with open(path, "rb") as part:
            start = struct.unpack("BBHxxxxQ", fcntl.ioctl(part, 0x0301, bytes(16)))[3]
            size = struct.unpack("Q", fcntl.ioctl(part, 0x80081272, bytes(8)))[0]
            end = part.seek(0, os.SEEK_END)
        if end != size or size % SECTOR != 0:
            sys.exit(f"{path}: {size} bytes, the end is at {end}")
        found.append((int(number[1]), start, size // SECTOR))
    for part in sorted(found):
        print(*part)
    print(".", flush=True)


def remove_loop(number):
    with open("/dev/loop-control", "rb") as control:
        fcntl.ioctl(control, 0x4C81, number)  # LOOP_CTL_REMOVE


def main():
    if sys.argv[1] == "make":
        make(sys.argv[2])
    elif sys.argv[1] == "remove_loop":
        remove_loop(int(sys.argv[2]))
    else:
        for line in sys.stdin:
            nodes(line.rstrip("\n"))


main()
