#!/bin/bash
# in_view.sh WORK FS EVERY: runs the cases on a file system of the view, mounted on WORK/mnt.
set -eu
work=$1 fs=$2 every=$3
here=$(dirname "$(readlink -f "$0")")
# Not kept by the view: what is compared is what the daemon and the checks say.
readonly options=human,attr_timeout=0,entry_timeout=0

if [[ $fs == ext2 ]]; then
  truncate -s 256M "$work/image"
  mkfs.ext2 -q -F -I 256 -N 60000 -E root_owner="$(id -u):$(id -g)" "$work/image"
  mount -t umfuseext2 -o "rw+,$options" "$work/image" "$work/mnt"
else
  mount -t umramfs none "$work/mnt"
fi
chmod 755 "$work/mnt"
"$here/run_cases.sh" "$work" mnt "$every"
if [[ $fs == ext2 && $every == 1 ]]; then
  umount "$work/mnt"
  mount -t umfuseext2 -o "ro,$options" "$work/image" "$work/mnt"
  "$work/cases" --read-only "$work/mnt/c" >"$work/mnt.readonly"
fi
umount "$work/mnt"
