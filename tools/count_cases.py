#!/usr/bin/env python3
"""count_cases.py BEP_JSON...: prints "PASSED FAILED SKIPPED" over the test cases of Bazel runs.

A GoogleTest program counts as its test cases, any other test as one.  The logs of failed tests and
the names of what failed or was skipped go to stderr.  The input is what --build_event_json_file
writes.
"""
import json
import sys
import urllib.parse
import xml.etree.ElementTree


GOOD = ("PASSED", "FLAKY")
LOG_LINES = 400


def local(uri):
  return urllib.parse.unquote(uri[len("file://"):]) if uri else None


def results(path):
  """Yields (label, status, test.xml, test.log) for the last attempt of every test shard and run.

  A file is None where there is none: the test did not build.
  """
  tests, last = {}, {}
  with open(path) as events:
    for line in events:
      event = json.loads(line)
      ident = event.get("id", {})
      if "testResult" in ident and "testResult" in event:
        key = ident["testResult"]
        place = (key["label"], key.get("shard", 1), key.get("run", 1))
        result = event["testResult"]
        files = {f["name"]: f.get("uri", "") for f in result.get("testActionOutput", [])}
        tests[place] = (result.get("status", "NO_STATUS"), local(files.get("test.xml")),
                        local(files.get("test.log")))
      elif "testSummary" in ident and "testSummary" in event:
        last[ident["testSummary"]["label"]] = event["testSummary"].get("overallStatus")
      elif "targetCompleted" in ident:
        label = ident["targetCompleted"]["label"]
        if not event.get("completed", {}).get("success"):
          last.setdefault(label, "FAILED_TO_BUILD")
  for (label, _, _), (status, cases_file, log) in sorted(tests.items()):
    yield label, status, cases_file, log
  ran = {label for label, _, _ in tests}
  for label, status in sorted(last.items()):
    if label not in ran and status != "PASSED":
      yield label, status, None, None


def cases(path):
  """Yields (name, "passed" | "failed" | "skipped") for each case of a test.xml."""
  for case in xml.etree.ElementTree.parse(path).iter("testcase"):
    name = "%s.%s" % (case.get("classname", ""), case.get("name", ""))
    if case.find("failure") is not None or case.find("error") is not None:
      yield name, "failed"
    elif case.get("result") == "skipped" or case.find("skipped") is not None:
      yield name, "skipped"
    elif case.get("status") != "notrun":
      yield name, "passed"


def show(label, log):
  """Prints the end of a failed test's log."""
  with open(log, errors="replace") as lines:
    tail = lines.readlines()[-LOG_LINES:]
  print("---- %s" % label, *(line.rstrip("\n") for line in tail), sep="\n", file=sys.stderr)


def count(label, status, path, totals):
  """Adds one test to totals; a test that failed counts at least one failure."""
  found = []
  if path:
    try:
      found = list(cases(path))
    except (OSError, xml.etree.ElementTree.ParseError) as error:
      print("%s: %s" % (label, error), file=sys.stderr)
  good = status in GOOD
  if good and not found:
    found = [("", "passed")]
  if not good and not any(kind == "failed" for _, kind in found):
    found.append((status, "failed"))
  for name, kind in found:
    totals[kind] += 1
    if kind != "passed":
      print("%s: %s %s" % (kind, label, name.lstrip(".")), file=sys.stderr)


def main():
  totals = {"passed": 0, "failed": 0, "skipped": 0}
  for bep in sys.argv[1:]:
    tests = list(results(bep))
    for label, status, _, log in tests:
      if log and status not in GOOD:
        show(label, log)
    for label, status, path, _ in tests:
      count(label, status, path, totals)
  print(totals["passed"], totals["failed"], totals["skipped"])


if __name__ == "__main__":
  main()
