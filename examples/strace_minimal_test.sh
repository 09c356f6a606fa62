#!/bin/bash
# The calls of cat are printed with their results, and cat does what it did.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "some text" > "$work/file"
got=$("$1" /bin/cat "$work/file" 2> "$work/trace")
[[ $got == "some text" ]] || { echo "got: $got"; exit 1; }
grep -q "^\[[0-9]*\] openat(AT_FDCWD, \"$work/file\", .*) = " "$work/trace" || {
  echo "no openat of the file in the trace:"
  cat "$work/trace"
  exit 1
}
status=0
"$1" /bin/cat "$work/missing" 2> "$work/trace" || status=$?
[[ $status == 1 ]] || { echo "status $status"; exit 1; }
grep "$work/missing" "$work/trace" | grep -q 'openat(.*= ' || { cat "$work/trace"; exit 1; }
