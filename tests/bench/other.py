"""What a view costs apart from calls: its start, its memory, its files, its mounts."""

import json
import subprocess
import tempfile
import time

import modes

STARTS = 40
BLOCKS = ["131072", "1048576"]
MOUNTS = 10000
READ_ROUNDS = 4
TMPFS = "/dev/shm"


def _start_ms(command):
    best = float("inf")
    for _ in range(STARTS):
        start = time.perf_counter()
        subprocess.run(command, check=True)
        best = min(best, time.perf_counter() - start)
    return best * 1000


def _resident_mb(umview, *options):
    """The most memory that a supervisor held, after its guest looked at 20 000 files."""
    script = "find /usr/share 2>/dev/null | head -20000 >/dev/null; echo; read line"
    command = modes.umview(umview, *options) + ["sh", "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        run.stdout.readline()
        with open(f"/proc/{run.pid}/status", encoding="ascii") as status:
            peak = next(line for line in status if line.startswith("VmHWM"))
        run.stdin.write(b"\n")
        run.stdin.close()
    return int(peak.split()[1]) / 1024


def _on_ramfs(umview, script, *args):
    """The JSON that `script` prints in a view with RamFs, in a directory of its own ($1)."""
    with tempfile.TemporaryDirectory(prefix="bench.", dir=TMPFS) as where:
        command = modes.umview(umview, "--engine=notify", "-p", "ramfs")
        command += ["bash", "-ec", script, "-", where, *args]
        output = modes.Mode("ramfs", [], 1).output(command)
    return json.loads(output) if output else {}


def _reads(umview, guests):
    native = modes.native(1)
    script = 'mount -t umramfs none "$1"; "$2"/guest_reads "$1" "${@:3}"'
    tmpfs, virtual = {}, {}
    for _ in range(READ_ROUNDS):
        _keep_most(tmpfs, json.loads(native.output([f"{guests}/guest_reads", TMPFS, *BLOCKS])))
        _keep_most(virtual, _on_ramfs(umview, script, guests, *BLOCKS))
    for block, bandwidth in virtual.items():
        yield (f"read of a virtual file, {int(block) // 1024} KiB blocks, MiB/s (of tmpfs)",
               f"{bandwidth:.0f} ({bandwidth / tmpfs[block]:.2f})")


def _keep_most(most, values):
    for name, value in values.items():
        most[name] = max(value, most.get(name, 0))


def _mounts(umview, guests):
    one, many = (_on_ramfs(umview, '"$2"/guest_mounts "$3" "$1" umramfs', guests, str(count))
                 for count in (1, MOUNTS))
    for what in one.keys() & many.keys():
        yield (f"stat of a {what} directory at {MOUNTS} mounts, ns (of 1 mount)",
               f"{many[what]:.0f} ({many[what] / one[what]:.2f}x)")


def measure(umview, guests):
    results = {"`umview true` minus `true`, ms": round(
        _start_ms(modes.umview(umview) + ["/bin/true"]) - _start_ms(["/bin/true"]), 1)}
    results["supervisor, most resident MB"] = round(_resident_mb(umview), 1)
    results.update(_reads(umview, guests))
    results.update(_mounts(umview, guests))
    return results
