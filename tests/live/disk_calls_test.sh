#!/bin/bash
# disk_calls_test.sh UMVIEW: system calls on disks of umdev, and on a loop device of the kernel where there is one,
# say what disk_calls.expected has (disk_calls.py).
set -u -o pipefail
umview=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
readonly limit=${UM_LIVE_TIMEOUT:-60}
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8

work=$(mktemp -d /tmp/calls.XXXXXX) || exit 125
loop=
stop() {
  if [[ -n $loop ]]; then
    delpart "$loop" 1
    losetup -d "$loop"
  fi
  rm -rf "$work"
}
trap stop EXIT
cd "$work" || exit 125
failed=0
# agree WHERE: the file of that name has the expected lines.
agree() {
  diff "$here/disk_calls.expected" "$1" && return
  echo "FAILED: $1 (<: expected)"
  failed=1
}

truncate -s 1M image
if loop=$(losetup -f -P --show image 2>/dev/null); then
  addpart "$loop" 1 64 128 || exit 1
  python3 "$here/disk_calls.py" "$loop" "${loop}p1" >loop || exit 1
  agree loop
else
  echo "no loop devices here"
fi
for engine in notify ptrace; do
  timeout --kill-after=10 "$limit" "$umview" --norc --engine="$engine" -p umdev -- bash -e -u -c '
    mount -t umdevmbr image hd
    mount -t umdevramdisk -o size=1M,mbr none rd
    for disk in hd rd; do
      addpart "$disk" 1 64 128
      python3 "$1/disk_calls.py" "$disk" "${disk}1" >"$2.$disk"
    done
    # What is no block device, and what may not be written.
    mount -t umdevtrivhd none chars
    fallocate -z -l 512 chars 2>said && exit 1
    grep -q "No such device" said
    mount -t umdevramdisk -o ro,size=1M none constant
    fallocate -z -l 512 constant 2>said && exit 1
    grep -q "not permitted" said
  ' - "$here" "$engine" || { echo "FAILED: the view under $engine"; failed=1; }
  agree "$engine.hd"
  agree "$engine.rd"
done
exit $failed
