#!/usr/bin/python3
"""bench.py [--only=calls,work,other,fuse] [--rounds=N] [--readme] UMVIEW GUESTS OUT: what a view costs.

Runs the same programs natively, in views of the program UMVIEW and under proot, interleaved in one
run, and takes the fastest of N rounds (5) of each. GUESTS is the directory of the guest_* programs
of this one. Writes JSON to the file OUT and prints Markdown; --readme puts that into README.md.
"""

import argparse
import json
import os
import pathlib
import platform
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import c_project  # pylint: disable=wrong-import-position
import fuse
import modes
import other
import table
import workloads


class Best:
    """The least value of each (name, mode)."""

    def __init__(self):
        self.values = {}

    def add(self, name, mode, value):
        by_mode = self.values.setdefault(name, {})
        by_mode[mode] = min(value, by_mode.get(mode, value))

    def ratios(self):
        return {name: {mode: round(value / by_mode["native"], 3)
                       for mode, value in by_mode.items() if "native" in by_mode}
                for name, by_mode in self.values.items()}


def measure_calls(options, all_modes, work):
    best = Best()
    for number in range(options.rounds):
        for mode in all_modes:
            if number >= mode.rounds:
                continue
            output = mode.output([f"{options.guests}/guest_calls", work])
            for name, ns in json.loads(output or "{}").items():
                best.add(name, mode.name, ns)
    return best


def measure_workloads(options, all_modes, work):
    best = Best()
    commands = workloads.prepare(work)
    for number in range(options.rounds):
        # The modes of one workload side by side: the machine's load is the same for them.
        for name, command in commands.items():
            timed = [f"{options.guests}/guest_timer", "1", *command]
            # The kernel's caches are as warm for the first mode as for the others.
            modes.native(1).output(timed)
            for mode in all_modes:
                if number >= mode.rounds:
                    continue
                output = mode.output(timed)
                if output:
                    best.add(name, mode.name, float(output))
    return best


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", default="calls,work,other,fuse", help="parts, comma-separated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without", default="", help="modes to leave out, comma-separated")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    parser.add_argument("umview", type=os.path.realpath)
    parser.add_argument("guests", type=os.path.realpath)
    parser.add_argument("out", nargs="?", default="/dev/null")
    return parser.parse_args()


def measure(options):
    parts = options.only.split(",")
    left_out = options.without.split(",")
    all_modes = [mode for mode in modes.all_modes(options.umview, options.guests, options.rounds)
                 if mode.name not in left_out]
    results = {"date": time.strftime("%Y-%m-%d"), "kernel": platform.release(),
               "cpus": os.cpu_count(), "load": os.getloadavg()[0],
               "modes": [mode.name for mode in all_modes]}
    with tempfile.TemporaryDirectory(prefix="bench.") as work:
        calls = measure_calls(options, all_modes, work) if "calls" in parts else Best()
        work_done = measure_workloads(options, all_modes, work) if "work" in parts else Best()
        results["other"] = other.measure(options.umview, options.guests) if "other" in parts else {}
        if "fuse" in parts:
            project = pathlib.Path(work) / "fuse_project"
            c_project.ordinary(project)
            results["other"].update(fuse.measure(options.umview, options.guests, project))
    results.update(calls_ns=calls.values, calls_ratio=calls.ratios(),
                   workloads_s=work_done.values, workloads_ratio=work_done.ratios())
    return results


def main():
    # Each directory before that of a program costs one more execve of it.
    os.environ["PATH"] = "/usr/bin:/bin"
    options = parse()
    results = measure(options)
    # Bazel runs this in its runfiles, which an OUT on the command line does not mean.
    out = pathlib.Path(os.environ.get("BUILD_WORKING_DIRECTORY", ".")) / options.out
    out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(table.markdown(results))
    if options.readme:
        readme = pathlib.Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", ".")) / "README.md"
        readme.write_text(table.insert(readme.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
