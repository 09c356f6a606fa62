#!/usr/bin/env -S python3 -B
"""Checks the tree itself: layers, visibility, headers, names.  Each check is a test case."""
import concurrent.futures
import os
import re
import subprocess
import sys
import xml.sax.saxutils

import build_file
import layers
import visibility

TOP_LEVEL = {
    ".bazelignore", ".bazelrc", ".ci", ".clang-format", ".clang-tidy", ".gitignore", "BUILD",
    "CONTRIBUTING.md", "LICENSE", "NEWS.md", "README.md", "SECURITY.md", "WORKSPACE", "docs",
    "examples", "frontends", "proto", "sdk", "services", "tests", "third_party", "tools",
}
# What a developer may have there too; see .gitignore.
UNTRACKED = re.compile(r"bazel-.*|\.git|\.bazelrc\.user|compile_commands\.json|\.cache|\.vscode|\.idea")
UNDONE = re.compile(r"\b(TODO|FIXME|XXX|[Ss]tub(s|bed)?)\b")
HEADER_ROOTS = ("sdk/", "services/", "frontends/", "examples/", "tests/")


def source_files(root):
  """Yields the paths of all files below root, relative to it, sorted."""
  found = []
  for directory, names, files in os.walk(root):
    here = os.path.relpath(directory, root)
    if here == ".":
      names[:] = [n for n in names if not UNTRACKED.fullmatch(n)]
    names[:] = [n for n in names if n != "__pycache__"]
    found += [os.path.normpath(os.path.join(here, f)) for f in files]
  return sorted(f for f in found if not UNTRACKED.fullmatch(f))


def read(root, path):
  with open(os.path.join(root, path), encoding="utf-8", errors="replace") as lines:
    return lines.read()


def check_top_level(root, files):
  del root
  tops = {f.split("/")[0] for f in files}
  return ["%s: not a name of the top directory" % t for t in sorted(tops - TOP_LEVEL)]


def check_includes(root, files):
  problems = []
  for path in files:
    if path.endswith((".cc", ".h")):
      problems += layers.check(path, read(root, path))
  return problems


def check_visibility(root, files):
  allowed = visibility.allowed(read(root, "tests/architecture/public_targets.txt"))
  problems = []
  for path in files:
    if os.path.basename(path) == "BUILD" and not path.startswith("third_party/bazel_offline"):
      problems += visibility.check(path, read(root, path), allowed)
  return problems


def check_undone_words(root, files):
  problems = []
  for path in files:
    if path.endswith((".cc", ".h")):
      for number, line in enumerate(read(root, path).splitlines(), 1):
        if UNDONE.search(line):
          problems.append("%s:%d: %s" % (path, number, line.strip()))
  return problems


def compile_alone(root, header):
  command = ["g++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I.", "-Isdk",
             "-x", "c++", "-"]
  run = subprocess.run(command, cwd=root, input='#include "%s"\n' % header, text=True,
                       capture_output=True, check=False)
  return "" if run.returncode == 0 else "%s does not compile alone:\n%s" % (header, run.stderr)


def first_include(text):
  found = layers.INCLUDE.search(text)
  return found.group(2) if found else ""


def check_headers_compile_alone(root, files):
  # What a source includes before anything else has compiled alone in the build already.
  proved = {first_include(read(root, f)) for f in files if f.endswith(".cc")}
  proved |= {"sdk/" + header for header in proved if header.startswith("umsdk/")}
  headers = [f for f in files
             if f.endswith(".h") and f.startswith(HEADER_ROOTS) and f not in proved]
  with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    return [p for p in pool.map(lambda h: compile_alone(root, h), headers) if p]


def check_sources_are_in_a_build_file(root, files):
  """A source that no BUILD file names is not compiled, a test not run."""
  packages = {os.path.dirname(f): build_file.names(read(root, f))
              for f in files if os.path.basename(f) == "BUILD"}
  problems = []
  for path in files:
    package = os.path.dirname(path)
    while package not in packages and package:
      package = os.path.dirname(package)
    name = os.path.relpath(path, package or ".")
    if path.endswith((".cc", ".h")) and not build_file.has(packages.get(package, []), name):
      problems.append("%s: not in %s" % (path, os.path.join(package, "BUILD")))
  return problems


def run(checks, root):
  """Runs the checks; returns (name, problems) for each."""
  files = source_files(root)
  outcomes = []
  for check in checks:
    name = check.__name__[len("check_"):]
    problems = check(root, files)
    print("%s %s" % ("FAILED" if problems else "ok    ", name))
    for problem in problems:
      print("  " + problem)
    outcomes.append((name, problems))
  return outcomes


def write_xml(path, outcomes):
  with open(path, "w", encoding="utf-8") as out:
    out.write('<testsuites><testsuite name="architecture" tests="%d">\n' % len(outcomes))
    for name, problems in outcomes:
      message = xml.sax.saxutils.quoteattr("\n".join(problems))
      failure = "<failure message=%s/>" % message if problems else ""
      out.write('<testcase classname="architecture" name="%s">%s</testcase>\n' % (name, failure))
    out.write("</testsuite></testsuites>\n")


def main():
  # The runfiles link to the tree that is checked.
  root = os.path.dirname(os.path.realpath(sys.argv[1]))
  outcomes = run([check_top_level, check_includes, check_visibility, check_undone_words,
                  check_sources_are_in_a_build_file, check_headers_compile_alone], root)
  outcomes += layers.self_test() + visibility.self_test() + build_file.self_test()
  if "XML_OUTPUT_FILE" in os.environ:
    write_xml(os.environ["XML_OUTPUT_FILE"], outcomes)
  return 1 if any(problems for _, problems in outcomes) else 0


if __name__ == "__main__":
  sys.exit(main())
