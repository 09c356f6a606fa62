#!/bin/bash
# stress_ng_test.sh UMVIEW ENGINE: each stressor of stress-ng for a second, natively and in a view.
. "$(dirname "$0")/lib.sh"
umview=$(readlink -f "$1") engine=$2

# Some fill the file system that they are on.
if [[ $EUID == 0 ]]; then
  mount -t tmpfs -o size=2g none "$work" 2>/dev/null && trap 'umount "$work"; rmdir "$work"' EXIT
  chmod 755 "$work"
fi
while read -r stressor; do
  command=(-- stress-ng "--$stressor" 1 --timeout 1s --verify --temp-path . --oomable)
  run "$work/native" "$stressor" "${command[@]}"
  run "$work/view" "$stressor" "$umview" --norc -q "--engine=$engine" "${command[@]}"
done <"$here/stressors.txt"
compare "$engine" view
