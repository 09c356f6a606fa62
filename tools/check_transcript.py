#!/usr/bin/env python3
"""check_transcript.py TRANSCRIPT EXPECTED: are the expected lines there, in order?

EXPECTED holds one regular expression a line, each for a whole line of the transcript; lines that
match none may stand between them.  "! REGEX" forbids such a line up to the next match.  "#": comment.
"""
import re
import sys


def find(lines, start, pattern, forbidden):
  """Returns the index behind the first line from start that matches, or raises ValueError."""
  for index in range(start, len(lines)):
    if re.fullmatch(pattern, lines[index]):
      return index + 1
    for bad in forbidden:
      if re.fullmatch(bad, lines[index]):
        raise ValueError("line %d must not be: %s" % (index + 1, lines[index]))
  raise ValueError("no line after line %d is like: %s" % (start, pattern))


def main():
  with open(sys.argv[1], errors="replace") as transcript:
    lines = [line.rstrip("\r\n") for line in transcript]
  with open(sys.argv[2]) as expected:
    patterns = [line.rstrip("\n") for line in expected]
  position, forbidden = 0, []
  try:
    for pattern in patterns:
      if not pattern or pattern.startswith("#"):
        continue
      if pattern.startswith("! "):
        forbidden.append(pattern[2:])
        continue
      position = find(lines, position, pattern, forbidden)
      forbidden = []
  except ValueError as error:
    print("transcript: %s" % error, file=sys.stderr)
    return 1
  return 0


if __name__ == "__main__":
  sys.exit(main())
