#!/usr/bin/env python3
"""compile_commands.py [TARGET...]: writes compile_commands.json for clangd and clang-tidy."""
import json
import os
import subprocess
import sys

# clang 14 does not know these flags of gcc.
UNKNOWN_TO_CLANG = {"-fno-canonical-system-headers", "-Wno-free-nonheap-object"}


def bazel(*args, **kwargs):
  return subprocess.check_output(["bazel", *args], text=True, stderr=subprocess.DEVNULL, **kwargs)


def main():
  root = bazel("info", "workspace").strip()
  targets = " ".join(sys.argv[1:] or ["//..."])
  graph = json.loads(bazel("aquery", "--output=jsonproto", "--include_artifacts=false",
                           'mnemonic("CppCompile", deps(set(%s)))' % targets, cwd=root))
  commands = {}
  for action in graph.get("actions", []):
    arguments = [a for a in action["arguments"] if a not in UNKNOWN_TO_CLANG]
    source = arguments[arguments.index("-c") + 1]
    if source.startswith("external/"):
      continue
    # The link bazel-out makes the generated headers' paths good from the top of the tree too.
    commands[source] = {"directory": root, "file": source, "arguments": arguments}
  with open(os.path.join(root, "compile_commands.json"), "w") as out:
    json.dump(sorted(commands.values(), key=lambda c: c["file"]), out, indent=1)
  print("compile_commands.json: %d files" % len(commands))


if __name__ == "__main__":
  main()
