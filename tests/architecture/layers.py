"""Which file may include which header: the layers, as data."""
import re

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
IN_TREE = ("sdk/", "umsdk/", "services/", "frontends/", "examples/", "tests/", "tools/", "proto/")
TEST_LIBRARIES = ("gtest/", "gmock/", "benchmark/")

PUBLIC = [r"umsdk/.*", r"sdk/base/.*"]
PUBLIC_HEADERS = ["administration", "admin_options", "claim", "command", "control", "device", "file", "file_system", "host_files", "join", "plugin",
                  "requests", "result", "service", "supervisor", "syscall_context", "umsdk"]
ENGINE_TOP = r"sdk/engine/[^/]+"

# (files, what they may include of the tree); the first row that matches a file counts.  {dir} is the
# file's own directory, {service} its directory below services/.
RULES = [
    (r"sdk/base/.*", [r"sdk/base/.*"]),
    (r"sdk/syscall/.*", [r"sdk/(base|syscall)/.*"]),
    # Engines do not know each other: what they share is in sdk/engine itself, filter, launch and rights.
    (r"sdk/engine/(filter|launch|rights)/.*", [r"sdk/(base|syscall)/.*", ENGINE_TOP,
                                        r"sdk/engine/(filter|launch|rights)/.*"]),
    (r"sdk/engine/[^/]+/.*", [r"sdk/(base|syscall)/.*", ENGINE_TOP,
                              r"sdk/engine/(filter|launch|rights)/.*", r"{dir}/.*"]),
    (r"sdk/engine/.*", [r"sdk/(base|syscall)/.*", ENGINE_TOP]),
    (r"sdk/core/.*", PUBLIC + [r"sdk/(syscall|core)/.*", ENGINE_TOP]),
    # The headers that are installed, with sdk/base.
    (r"sdk/umsdk/(%s)\.h" % "|".join(PUBLIC_HEADERS), PUBLIC),
    # The composition root is the one place that knows the engines.
    (r"sdk/umsdk/(supervisor[^/]*|engine_choice|join)\.cc",
     PUBLIC + [r"sdk/(syscall|core|engine)/.*"]),
    (r"sdk/umsdk/.*", PUBLIC + [r"sdk/(syscall|core)/.*", ENGINE_TOP]),
    (r"sdk/testing/.*", PUBLIC + [r"sdk/(syscall|core|testing)/.*", ENGINE_TOP,
                                  r"sdk/engine/scripted/.*"]),
    (r"sdk/admin/.*", PUBLIC + [r"sdk/admin/.*", r"proto/.*"]),
    (r"services/.*", PUBLIC + [r"services/{service}/.*"]),
    # What umview has built in.
    (r"frontends/builtin_services\.cc", PUBLIC + [r"frontends/.*", r"services/.*"]),
    (r"frontends/ramfs_service\.cc", PUBLIC + [r"frontends/.*", r"sdk/testing/.*"]),
    (r"frontends/admin/.*", PUBLIC + [r"frontends/.*", r"proto/.*"]),
    (r"frontends/.*", PUBLIC + [r"frontends/.*"]),
    (r"examples/.*", PUBLIC + [r"examples/.*"]),
    (r"tests/.*", [r".*"]),
    (r"tools/.*", [r"tools/.*"]),
]
# A test beside the code may use the test kit, the scripted engine and the guest programs' helpers.
FOR_TESTS = [r"sdk/testing/.*", r"umsdk/testing/.*", r"sdk/engine/scripted/.*", r"tests/.*"]
TEST_FILE = re.compile(
    r".*_(test|fuzz|benchmark)(_[a-z_]+)?\.(cc|h)|.*/test_[a-z_]+\.(cc|h)|.*/(testing|testdata)/.*"
    r"|(tests|tools)/.*")


def permitted(path):
  """Returns the patterns of the headers that the file may include, or None if no rule knows it."""
  for files, headers in RULES:
    if re.fullmatch(files, path):
      parts = path.split("/")
      place = {"dir": "/".join(parts[:3]), "service": parts[1] if len(parts) > 1 else ""}
      patterns = [re.sub(r"\{(\w+)\}", lambda m: re.escape(place[m.group(1)]), h) for h in headers]
      return patterns + (FOR_TESTS if TEST_FILE.fullmatch(path) else [])
  return None


def problem(path, quote, header, patterns):
  """Says what is wrong with one include, or returns None."""
  if header.startswith(IN_TREE):
    if not any(re.fullmatch(p, header) for p in patterns):
      return "its layer may not include"
  elif quote == '"' and "/" not in header:
    return "the path must begin at the top of the tree:"
  elif header.startswith(TEST_LIBRARIES) and not TEST_FILE.fullmatch(path):
    return "only tests include"
  elif header.startswith(("google/protobuf", "grpc")) and not path.startswith(("sdk/admin/", "frontends/admin/", "tests/")):
    return "only sdk/admin and frontends/admin include"
  elif header.startswith("absl/synchronization"):
    return "use sdk/base/mutex.h, not"
  return None


def check(path, text):
  """Returns a line for each forbidden include of a file."""
  patterns = permitted(path)
  if patterns is None:
    return ["%s: no layer has such a file" % path]
  found = []
  for quote, header in INCLUDE.findall(text):
    why = problem(path, quote, header, patterns)
    if why:
      found.append("%s: %s %s" % (path, why, header))
  return found


BAD = [
    ("sdk/base/a.h", "sdk/syscall/b.h"),
    ("sdk/syscall/a.h", "sdk/engine/engine.h"),
    ("sdk/engine/notify/a.cc", "sdk/engine/ptrace/b.h"),
    ("sdk/engine/notify/a.cc", "sdk/core/b.h"),
    ("sdk/engine/launch/a.cc", "sdk/engine/notify/b.h"),
    ("sdk/engine/engine.cc", "umsdk/service.h"),
    ("sdk/core/a.cc", "sdk/engine/notify/b.h"),
    ("sdk/core/a.cc", "sdk/engine/scripted/b.h"),
    ("sdk/umsdk/service.h", "sdk/core/b.h"),
    ("sdk/umsdk/file.cc", "sdk/engine/notify/b.h"),
    ("services/umdev/a.cc", "services/umfuse/b.h"),
    ("services/umdev/a.cc", "sdk/core/b.h"),
    ("frontends/a.cc", "sdk/core/b.h"),
    ("examples/a.cc", "services/umdev/b.h"),
    ("sdk/core/a.cc", "gtest/gtest.h"),
    ("sdk/core/a.cc", "absl/synchronization/mutex.h"),
    ("sdk/core/a.cc", "b.h"),
    ("elsewhere/a.cc", "sdk/base/b.h"),
]
GOOD = [
    ("sdk/base/a.cc", "sdk/base/a.h"),
    ("sdk/engine/notify/a.cc", "sdk/engine/notify/b.h"),
    ("sdk/engine/notify/a.cc", "sdk/engine/engine.h"),
    ("sdk/engine/notify/a.cc", "sdk/engine/launch/b.h"),
    ("sdk/core/a.cc", "umsdk/service.h"),
    ("sdk/core/a_test.cc", "sdk/engine/scripted/b.h"),
    ("sdk/core/a_test.cc", "gtest/gtest.h"),
    ("sdk/umsdk/supervisor_build.cc", "sdk/engine/notify/b.h"),
    ("services/umdev/a.cc", "services/umdev/b.h"),
    ("services/umdev/a.cc", "linux/fs.h"),
]


def self_test():
  """Are the rules themselves right?  A rule that lets everything pass would look green."""
  wrong = []
  for examples, expected in ((BAD, True), (GOOD, False)):
    for path, header in examples:
      if bool(check(path, '#include "%s"\n' % header)) != expected:
        wrong.append("%s with %s" % (path, header))
  return [("layer_rules_self_test", wrong)]
