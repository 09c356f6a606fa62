"""The ways in which a program of the benchmark is run."""

import shutil
import subprocess

# Slower than this, a workload says nothing new: it is stopped and has no number.
TIMEOUT = 300


class Mode:
    """A prefix to the command line of what is measured."""

    def __init__(self, name, prefix, rounds):
        self.name = name
        self.prefix = prefix
        # In how many of the rounds it takes part.
        self.rounds = rounds

    def output(self, command, **kwargs):
        """What `command` printed, or None when it failed or took too long."""
        try:
            run = subprocess.run(self.prefix + command, stdin=subprocess.DEVNULL, check=True,
                                 stdout=subprocess.PIPE, timeout=TIMEOUT, **kwargs)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"bench: {self.name}: {error}", flush=True)
            return None
        return run.stdout.decode()

    def works(self):
        return subprocess.run(self.prefix + ["true"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def umview(umview_path, *options):
    return [umview_path, "--norc", "-q", *options, "--"]


def native(rounds):
    return Mode("native", [], rounds)


def all_modes(umview_path, guests, rounds):
    """Those that work here. The slow ones take part less often."""
    modes = [
        native(rounds),
        Mode("sealed", umview(umview_path, "--engine=notify", "--seal"), rounds),
        # What notify would be if it did nothing: see bare_loop.cc.
        Mode("bare", [f"{guests}/bare_loop"], rounds),
        Mode("notify", umview(umview_path, "--engine=notify"), rounds),
        Mode("ptrace", umview(umview_path, "--engine=ptrace"), min(rounds, 3)),
    ]
    if shutil.which("proot"):
        modes.append(Mode("proot", ["proot"], min(rounds, 3)))
    return [mode for mode in modes if mode.works()]
