# A Python program on the mount: modules and their caches, mmap, locks, threads, subprocesses.
. "$(dirname "$0")/lib.sh"
mkdir package
echo 'VALUE = 42' >package/__init__.py
cat >main.py <<'PY'
#!/usr/bin/python3
import concurrent.futures
import fcntl
import mmap
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import package

here = pathlib.Path(os.getcwd())
assert package.VALUE == 42
assert pathlib.Path(__file__).resolve().parent == here
assert list((here / "package" / "__pycache__").glob("*.pyc")), "no byte code was written"

text = here / "text"
text.write_text("one\ntwo\n")
with text.open("a+") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    file.write("three\n")
    file.seek(0)
    assert file.read() == "one\ntwo\nthree\n"
os.replace(text, here / "renamed")
assert not text.exists()

with open("mapped", "w+b") as file:
    file.truncate(10000)
    with mmap.mmap(file.fileno(), 10000) as view:
        view[5000:5004] = b"mmap"
        view.flush()
    file.seek(5000)
    assert file.read(4) == b"mmap"
assert pathlib.Path("mapped").read_bytes().count(b"\0") == 9996

def work(number):
    path = here / f"thread{number}"
    for size in range(0, 50000, 9973):
        path.write_bytes(bytes([number]) * size)
        assert path.read_bytes() == bytes([number]) * size
    return path.stat().st_size

with concurrent.futures.ThreadPoolExecutor(8) as pool:
    assert set(pool.map(work, range(16))) == {49865}
assert len(list(here.glob("thread*"))) == 16

with tempfile.TemporaryDirectory(dir=here) as directory:
    subprocess.run([sys.executable, "-c", "open('made', 'w').write('x')"], cwd=directory, check=True)
    assert os.listdir(directory) == ["made"]
shutil.copytree("package", "copied")
shutil.rmtree("copied")
print("done", sorted(entry.name for entry in os.scandir(here) if entry.is_dir()))
PY
chmod +x main.py
unset PYTHONDONTWRITEBYTECODE
same "$(./main.py)" "done ['package']"
