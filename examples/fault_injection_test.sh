#!/bin/bash
# The third write to a file fails, the fourth does not; what goes into a pipe does not count.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
got=$("$1" /bin/sh -c 'for i in 1 2 3 4; do
  echo "$i"
  echo "$i" >> "$0" || echo "failed: $i"
done' "$work/file" 2> "$work/err" | cat)
[[ $got == $'1\n2\n3\nfailed: 3\n4' ]] || { echo "got: $got"; exit 1; }
[[ $(cat "$work/file") == $'1\n2\n4' ]] || { echo "the file:"; cat "$work/file"; exit 1; }
# An outcome that the program reports itself: its exit status is the command's.
status=0
"$1" /bin/dd if=/dev/zero of="$work/disk" bs=1000 count=5 2> "$work/err" || status=$?
[[ $status == 1 ]] || { echo "dd ended with $status"; exit 1; }
grep -q "No space left on device" "$work/err" || { cat "$work/err"; exit 1; }
[[ $(stat -c %s "$work/disk") == 2000 ]] || { stat "$work/disk"; exit 1; }
