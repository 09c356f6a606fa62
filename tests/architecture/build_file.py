"""Which files a BUILD file names.  A BUILD file is Python enough to be run."""
import ast
import builtins
import fnmatch


def names(text):
  """Runs a BUILD file and returns every string that its rules were given: names and patterns."""
  found = []

  def collect(value):
    if isinstance(value, str):
      found.append(value)
    elif isinstance(value, dict):
      collect(list(value.keys()) + list(value.values()))
    elif isinstance(value, (list, tuple)):
      for item in value:
        collect(item)

  def rule(*args, **kwargs):
    collect(args)
    collect(kwargs)
    return []

  tree = ast.parse(text)
  defined = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
  # A constant that is loaded is a list of options; of files, it would be found missing.
  scope = {name: [] if name.isupper() else rule for name in defined if not hasattr(builtins, name)}
  exec(compile(tree, "BUILD", "exec"), scope)  # pylint: disable=exec-used
  return found


def has(strings, name):
  """Is the file among them, by name or by a pattern of glob()?"""
  return any(fnmatch.fnmatch(name, s) for s in strings)


def self_test():
  """Are names found however they are written, and only those?"""
  text = """
load("//x:y.bzl", "macro")
LIST = ["c.cc"]
macro(name = "m", srcs = ["a.cc"], hdrs = LIST)
[cc_test(name = "t_%s" % n, srcs = ["%s_test.cc" % n]) for n in ["p", "q"]]
cc_library(name = "g", srcs = glob(["*_data.cc"]))
"""
  found = names(text)
  wrong = [n for n in ("a.cc", "c.cc", "p_test.cc", "q_test.cc", "x_data.cc") if not has(found, n)]
  wrong += [n for n in ("b.cc", "r_test.cc") if has(found, n)]
  return [("build_file_self_test", wrong)]
