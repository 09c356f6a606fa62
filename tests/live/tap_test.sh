#!/bin/bash
# tap_test.sh UMVIEW: umdevtap with vde_switch, one that answers and one that does not.
set -u -o pipefail
umview=$(readlink -f "$1")
program=$(readlink -f "$(dirname "$0")/tap.py")
readonly limit=${UM_LIVE_TIMEOUT:-60}
export LC_ALL=C.UTF-8 TMPDIR=/tmp

command -v vde_switch >/dev/null || { echo "vde_switch is not installed"; exit 1; }
work=$(mktemp -d /tmp/tap.XXXXXX) || exit 125
cd "$work" || exit 125
mkfifo input
# Its end of input would be its own.
vde_switch --sock "$work/switch" <>input >output &
switch=$!
trap 'kill -KILL "$switch"; wait; rm -rf "$work"' EXIT
until [[ -S switch/ctl ]]; do
  kill -0 "$switch" || exit 1
  read -r -t 0.05 <>input
done

for engine in notify ptrace; do
  echo "== $engine"
  timeout --kill-after=10 "$limit" "$umview" --norc --engine="$engine" -p umdev -- bash -e -u -x -c '
    mount -t umdevtap "$PWD/switch" tap
    python3 "$1" tap
    exec 5<>tap
    ! umount tap
    exec 5>&-
    umount tap
    test ! -e tap
    ! mount -t umdevtap "$PWD/none" tap
    ! mount -t umdevtap cmd://true tap
    # Who waits for a switch that hangs can be killed, and harms nobody.
    mount -t umdevtap "vde://$PWD/switch" tap
    kill -STOP "$2"
    python3 "$1" tap &
    until grep -q "^SigCgt" "/proc/$!/status" && test "$(ls -l "/proc/$!/fd" | grep -c tap)" != 0; do :; done
    kill -KILL $!
    wait $! || test $? = 137
    kill -CONT "$2"
    python3 "$1" tap
    umount tap
  ' - "$program" "$switch" || exit 1
done
