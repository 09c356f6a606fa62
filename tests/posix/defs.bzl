"""posix_test(): the cases on one file system under one engine."""

_SAMPLE = 7  # of so many cases one is run unless all are asked for

def _one(name, engine, fs, every, tags, size):
    native.sh_test(
        name = name,
        size = size,
        srcs = ["posix_test.sh"],
        args = [
            "$(rootpath //frontends:umview)",
            "$(rootpath :posix_cases)",
            "$(location compare.py)",
            "$(location differences.txt)",
            engine,
            fs,
            str(every),
        ],
        data = [
            "compare.py",
            "differences.txt",
            "in_view.sh",
            "kernels_fuse.sh",
            "run_cases.sh",
            ":posix_cases",
            "//frontends:umview",
        ],
        tags = ["local"] + tags,
    )

def posix_test(name, engine, fs):
    """Makes NAME, with a sample of the cases, and NAME_full with all.

    Args:
      name: of the test.
      engine: notify or ptrace.
      fs: umramfs or ext2.
    """
    _one(name, engine, fs, _SAMPLE, ["both_users"], "medium")
    _one(name + "_full", engine, fs, 1, ["full", "full_both_users"], "enormous")
