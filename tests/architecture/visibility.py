"""Which Bazel targets are public."""
import ast
import fnmatch

PUBLIC = "//visibility:public"


def allowed(text):
  """The labels of public_targets.txt, as patterns of a shell."""
  lines = (line.split("#")[0].strip() for line in text.splitlines())
  return {line for line in lines if line}


def public_targets(text):
  """Yields the name of each public target of a BUILD file; "" is the package's default."""
  for node in ast.walk(ast.parse(text)):
    if not isinstance(node, ast.Call):
      continue
    values = {k.arg: k.value for k in node.keywords}
    for key in ("visibility", "default_visibility"):
      if key in values and any(isinstance(n, ast.Constant) and n.value == PUBLIC
                               for n in ast.walk(values[key])):
        name = values.get("name")
        yield name.value if isinstance(name, ast.Constant) else ast.unparse(name) if name else ""


def check(path, text, allowed_labels):
  """Returns a line for each target of a BUILD file that is public and not allowed to be."""
  package = "//" + path[:-len("BUILD")].rstrip("/")
  found = []
  for name in public_targets(text):
    label = "%s:%s" % (package, name or "(default_visibility)")
    if not any(fnmatch.fnmatch(label, pattern) for pattern in allowed_labels):
      found.append("%s is public but not in tests/architecture/public_targets.txt" % label)
  return found


def self_test():
  """Is a public target found, however it is written?"""
  texts = [
      'cc_library(name = "a", visibility = ["//visibility:public"])',
      'package(default_visibility = ["//visibility:public"])',
      '[cc_library(name = n, visibility = ["//visibility:public"]) for n in ["a", "b"]]',
  ]
  wrong = [t for t in texts if not check("x/BUILD", t, {"//x:other"})]
  if check("x/BUILD", texts[0], {"//x:a"}):
    wrong.append("an allowed target was refused")
  return [("visibility_rules_self_test", wrong)]
