"""Real work, as commands that leave everything as it was."""

import pathlib
import subprocess

import c_project

_COMMIT = """
cd "$1"; git init -q; seq 400 >f; git add f
for i in $(seq 40); do echo $i >>f; mkdir -p d$((i % 8)); seq $i 200 >d$((i % 8))/f$i; git add -A
git -c user.name=a -c user.email=a@b commit -qm "change $i"; done
"""


def prepare(work):
    """Makes what the workloads read in the directory `work`: name -> argv."""
    ordinary, tiny, repository = (pathlib.Path(work) / name for name in ("c", "tiny", "git"))
    c_project.ordinary(ordinary)
    c_project.tiny(tiny)
    repository.mkdir()
    subprocess.run(["bash", "-ec", _COMMIT, "-", str(repository)], check=True)
    git = f"git -C {repository}"
    return {
        "find": ["find", "/usr/share"],
        "du": ["du", "-s", "/usr/lib"],
        # Not straight to /dev/null: tar would not read the files.
        "tar": ["sh", "-c", "tar cf - -C /usr include | cat"],
        "git": ["sh", "-c", f"{git} status; {git} log --stat"],
        "make -j2": ["make", "-s", "-B", "-j2", "-C", str(ordinary)],
        "make -j2, tiny sources": ["make", "-s", "-B", "-j2", "-C", str(tiny)],
        "300 spawns": ["sh", "-c", "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done"],
        "python": ["/usr/bin/python3", "-c", "import json, subprocess"],
    }
