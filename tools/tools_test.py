#!/usr/bin/env python3
"""Do the scripts that judge the others judge rightly?"""
import json
import os
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def run(script, *args):
  return subprocess.run([os.path.join(HERE, script), *args], text=True, capture_output=True,
                        check=False)


class Files(unittest.TestCase):
  """A directory that goes with the test."""

  def setUp(self):
    self.directory = tempfile.TemporaryDirectory()
    self.addCleanup(self.directory.cleanup)

  def write(self, name, text):
    path = os.path.join(self.directory.name, name)
    with open(path, "w", encoding="utf-8") as out:
      out.write(text)
    return path


class CountCases(Files):
  """count_cases.py"""

  def result(self, label, status, cases):
    event = {"status": status, "testActionOutput": []}
    if cases is not None:
      path = self.write(label.strip("/:"), "<testsuites><testsuite>%s</testsuite></testsuites>" % cases)
      event["testActionOutput"] = [{"name": "test.xml", "uri": "file://" + path}]
    return {"id": {"testResult": {"label": label, "run": 1, "shard": 1, "attempt": 1}},
            "testResult": event}

  def count(self, *events):
    bep = self.write("bep", "".join(json.dumps(e) + "\n" for e in events))
    return run("count_cases.py", bep).stdout.split()

  def test_every_case_counts(self):
    cases = ('<testcase name="a" status="run"/><testcase name="b" status="run"/>'
             '<testcase name="c" status="notrun"/><testcase name="d" result="skipped"/>')
    self.assertEqual(self.count(self.result("//:a", "PASSED", cases)), ["2", "0", "1"])

  def test_failed_cases_count_beside_those_that_passed(self):
    cases = '<testcase name="a"/><testcase name="b"><failure message="x"/></testcase>'
    self.assertEqual(self.count(self.result("//:a", "FAILED", cases)), ["1", "1", "0"])

  def test_a_crash_counts_though_no_case_failed(self):
    self.assertEqual(self.count(self.result("//:a", "FAILED", '<testcase name="a"/>')), ["1", "1", "0"])
    self.assertEqual(self.count(self.result("//:a", "TIMEOUT", None)), ["0", "1", "0"])

  def test_what_does_not_build_fails(self):
    event = {"id": {"targetCompleted": {"label": "//:a"}}, "completed": {}}
    self.assertEqual(self.count(event), ["0", "1", "0"])

  def test_a_test_without_cases_is_one(self):
    self.assertEqual(self.count(self.result("//:a", "PASSED", "")), ["1", "0", "0"])

  def test_several_tests_add_up(self):
    events = [self.result("//:a", "PASSED", '<testcase name="a"/>'),
              self.result("//:b", "PASSED", '<testcase name="a"/>')]
    self.assertEqual(self.count(*events), ["2", "0", "0"])


class CheckTranscript(Files):
  """check_transcript.py"""

  def status(self, transcript, expected):
    return run("check_transcript.py", self.write("t", transcript), self.write("e", expected)).returncode

  def test_lines_in_order_with_others_between(self):
    self.assertEqual(self.status("a\nx\nb7\n", "# comment\n\na\nb\\d\n"), 0)

  def test_wrong_order_and_missing_lines(self):
    self.assertEqual(self.status("b\na\n", "a\nb\n"), 1)
    self.assertEqual(self.status("a\n", "a\na\n"), 1)
    self.assertEqual(self.status("", "a\n"), 1)

  def test_a_part_of_a_line_is_not_enough(self):
    self.assertEqual(self.status("ab\n", "a\n"), 1)

  def test_forbidden_lines(self):
    self.assertEqual(self.status("a\nbad\nb\n", "a\n! bad\nb\n"), 1)
    self.assertEqual(self.status("a\nb\nbad\nc\n", "a\n! bad\nb\nc\n"), 0)


if __name__ == "__main__":
  unittest.main()
