"""Real work, as commands that leave everything as it was."""

import pathlib
import subprocess

SOURCES = 24

_COMMIT = """
cd "$1"; git init -q; seq 400 >f; git add f
for i in $(seq 40); do echo $i >>f; mkdir -p d$((i % 8)); seq $i 200 >d$((i % 8))/f$i; git add -A
git -c user.name=a -c user.email=a@b commit -qm "change $i"; done
"""


def _make_c_project(where):
    """SOURCES files and their Makefile."""
    where.mkdir()
    for number in range(SOURCES):
        (where / f"f{number}.c").write_text(
            "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
            f"int f{number}(char* a) {{ return printf(\"%zu %d\\n\", strlen(a), atoi(a)); }}\n")
    (where / "main.c").write_text("int main(void) { return 0; }\n")
    (where / "Makefile").write_text(
        "OBJECTS = $(patsubst %.c,%.o,$(wildcard *.c))\n"
        "main: $(OBJECTS)\n\t$(CC) -o $@ $^\n"
        "%.o: %.c\n\t$(CC) -O1 -c -o $@ $<\n")


def prepare(work):
    """Makes what the workloads read in the directory `work`: name -> argv."""
    project, repository = pathlib.Path(work) / "c", pathlib.Path(work) / "git"
    _make_c_project(project)
    repository.mkdir()
    subprocess.run(["bash", "-ec", _COMMIT, "-", str(repository)], check=True)
    git = f"git -C {repository}"
    return {
        "find": ["find", "/usr/share"],
        "du": ["du", "-s", "/usr/lib"],
        # Not straight to /dev/null: tar would not read the files.
        "tar": ["sh", "-c", "tar cf - -C /usr include | cat"],
        "git": ["sh", "-c", f"{git} status; {git} log --stat"],
        "make -j2": ["make", "-s", "-B", "-j2", "-C", str(project)],
        "300 spawns": ["sh", "-c", "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done"],
        "python": ["/usr/bin/python3", "-c", "import json, subprocess"],
    }
