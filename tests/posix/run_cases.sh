#!/bin/bash
# run_cases.sh WORK DIR EVERY: the rows of the cases on WORK/DIR, into WORK/DIR.caller and, for root,
# WORK/DIR.65534.
set -eu
work=$1 dir=$2 every=$3
mkdir "$work/$dir/c"
"$work/cases" --every="$every" "$work/$dir/c" >"$work/$dir.caller"
if [[ $(id -u) == 0 ]]; then
  mkdir "$work/$dir/u"
  chown 65534:65534 "$work/$dir/u"
  setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$work/cases" --every="$every" "$work/$dir/u" >"$work/$dir.65534"
fi
