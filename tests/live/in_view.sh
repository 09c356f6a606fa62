#!/bin/bash
# in_view.sh UMVIEW SCRIPT: runs SCRIPT with bash in a view of the program UMVIEW, in a directory on
# which it mounts an in-memory file system (lib.sh). UMVIEW "native": without a view, to try SCRIPT.
set -u
umview=$1 script=$2
readonly limit=${UM_LIVE_TIMEOUT:-120}

work=$(mktemp -d /tmp/live.XXXXXX) || exit 125
trap 'rm -rf --one-file-system "$work"' EXIT
mkdir "$work/mnt" "$work/home" "$work/tmp"

command=(bash "$script" "$work/mnt")
export UM_LIVE_NATIVE=1
if [[ $umview != native ]]; then
  unset UM_LIVE_NATIVE
  command=("$umview" --norc --engine=notify -p ramfs -- "${command[@]}")
fi
HOME=$work/home TMPDIR=$work/tmp LC_ALL=C.UTF-8 UM_LIVE_MARK=$work \
  timeout --kill-after=10 "$limit" "${command[@]}" </dev/null
status=$?

# 124: timeout. What the processes wait for is gone by now; the last line of the trace says where.
if [[ $status != 0 ]]; then
  echo "$script: exit status $status"
  exit 1
fi
[[ $umview == native ]] && exit 0
if [[ -n $(ls -A "$work/mnt") ]]; then
  echo "something was written below the mount point, not to the mount"
  exit 1
fi
if left=$(grep -lzxF "UM_LIVE_MARK=$work" /proc/[0-9]*/environ 2>/dev/null); then
  echo "processes are left behind: $left"
  exit 1
fi
