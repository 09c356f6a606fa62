"""What files of a FUSE daemon cost in a view, against the kernel's FUSE with the same daemon."""

import json
import os
import re
import subprocess
import tempfile
import time

import modes

ROUNDS = 2
TMPFS = "/dev/shm"
MOUNTS = 100
# What makes $1/source, and mounts it on $1/mnt.
DAEMONS = {
    "bindfs": ('mkdir "$1/source"', 'bindfs "$1/source" "$1/mnt"'),
    "bindfs -o direct_io": ('mkdir "$1/source"', 'bindfs -o direct_io "$1/source" "$1/mnt"'),
}
# Of these a C project is built on the mount too (the kernel maps no files of the others).
BUILDS = {"bindfs"}
# Unpacks and builds the C project of $2 on the mount.
BUILD = 'mkdir "$1/mnt/c"; tar -C "$1/mnt/c" -xf "$2"; make -s -j2 -C "$1/mnt/c"'


def kernel_has_fuse():
    return os.geteuid() == 0 and os.path.exists("/dev/fuse")


def _run(prefix, daemon, command, args):
    """What `command` printed and how long it took, with the daemon on a fresh mount."""
    make, mount = DAEMONS[daemon]
    with tempfile.TemporaryDirectory(prefix="bench.", dir=TMPFS) as where:
        clock = 'date +%s.%N'
        script = (f'mkdir "$1/mnt"; {make}; {mount}; trap \'umount "$1/mnt"\' EXIT; {clock}; '
                  f'{command}; {clock}')
        argv = prefix + ["bash", "-ec", script, "-", where, *args]
        output = modes.Mode(daemon, [], 1).output(argv)
    lines = (output or "0\n{}\n0\n").splitlines()
    return "\n".join(lines[1:-1]), float(lines[-1]) - float(lines[0])


def _calls(prefix, daemon, guests, best):
    printed, _ = _run(prefix, daemon, '"$2/guest_files" "$1/mnt"', [guests])
    for name, value in json.loads(printed or "{}").items():
        best[name] = min(value, best.get(name, value))


def _idle_threads(umview):
    """Threads of the supervisor with many mounts, of which none is used, less those with none."""
    script = ('read line; for i in $(seq "$2"); do mkdir "$1/m$i"; bindfs "$1" "$1/m$i"; done; '
              'echo; read line; exit')
    with tempfile.TemporaryDirectory(prefix="bench.", dir=TMPFS) as where:
        command = modes.umview(umview, "--engine=notify", "-p", "umfuse")
        command += ["bash", "-ec", script, "-", where, str(MOUNTS)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
            time.sleep(1)
            before = _threads(run.pid)
            run.stdin.write(b"\n")
            run.stdin.flush()
            run.stdout.readline()
            time.sleep(6)  # threads that had work wait for more for a while
            after = _threads(run.pid)
            run.stdin.close()
    return after - before


def _threads(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"Threads:\s*(\d+)", status.read()).group(1))


def measure(umview, guests, project):
    """name -> text. `project`: a directory with a C project."""
    if not kernel_has_fuse():
        return {"FUSE": "not measured: no FUSE of the kernel's here, or not root"}
    view = modes.umview(umview, "--engine=notify", "-p", "umfuse")
    results = {}
    for daemon in DAEMONS:
        kernel, ours, times = {}, {}, {"kernel": [], "view": []}
        with tempfile.NamedTemporaryFile(suffix=".tar", dir=TMPFS) as tar:
            subprocess.run(["tar", "-C", str(project), "-cf", tar.name, "."], check=True)
            for _ in range(ROUNDS):
                _calls([], daemon, guests, kernel)
                _calls(view, daemon, guests, ours)
                if daemon in BUILDS:
                    times["kernel"].append(_run([], daemon, BUILD, [tar.name])[1])
                    times["view"].append(_run(view, daemon, BUILD, [tar.name])[1])
        for name in kernel.keys() & ours.keys():
            results[f"{daemon}: {name} (of the kernel's FUSE)"] = (
                f"{ours[name]:.0f} ({ours[name] / kernel[name]:.2f}x)")
        if daemon in BUILDS:
            mine, theirs = min(times["view"]), min(times["kernel"])
            results[f"{daemon}: untar and make -j2, s (of the kernel's FUSE)"] = (
                f"{mine:.2f} ({mine / theirs:.2f}x)")
    results[f"more threads with {MOUNTS} idle mounts"] = _idle_threads(umview)
    return dict(sorted(results.items()))
