#!/usr/bin/env python3
"""compare.py DIFFERENCES FS EVERY NATIVE VIEW: fails when a row of VIEW (NAME -> RESULT) is not that of
NATIVE, unless DIFFERENCES lists it; and, when EVERY is 1, when what it lists for FS is no difference."""
import re
import sys


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split(" -> ", 1) for line in lines)


def listed(path, fs):
    """The patterns for the file system: lines of FS PATTERN # WHY."""
    with open(path, encoding="utf-8") as lines:
        words = [line.split("#")[0].split() for line in lines]
    return [re.compile(word[1]) for word in words if word and word[0] in (fs, "*")]


def main(differences, fs, every, native_path, view_path):
    native, view = rows(native_path), rows(view_path)
    patterns = listed(differences, fs)
    used, bad = set(), 0
    for name in sorted(native.keys() | view.keys()):
        here, there = native.get(name, "no row"), view.get(name, "no row")
        if here == there:
            continue
        known = [pattern for pattern in patterns if pattern.fullmatch(name)]
        used.update(known)
        if not known:
            bad += 1
            print(f"{name}: {there}\n    natively: {here}")
    print(f"{len(native)} cases, {bad} differ that are not listed")
    if every == "1":
        for pattern in patterns:
            if pattern not in used:
                print(f"listed, but does not differ: {pattern.pattern}")
    return 0 if bad == 0 and native else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
