#!/bin/bash
# posix_test.sh UMVIEW CASES COMPARE DIFFERENCES ENGINE FS EVERY: what system calls on names give on
# the file system FS (umramfs or ext2, which is umfuse with fuse2fs) in a view, as the caller and, when
# that is root, as user 65534 too, compared with what the same cases give on the bare kernel's tmpfs.
# EVERY: each so-many-th case only; 1 for all, with those of a file system mounted read-only.
set -u
PATH=$PATH:/usr/sbin:/sbin
umview=$(readlink -f "$1") cases=$(readlink -f "$2") compare=$(readlink -f "$3")
differences=$(readlink -f "$4") engine=$5 fs=$6 every=$7
here=$(dirname "$(readlink -f "$0")")
readonly limit=${UM_POSIX_TIMEOUT:-1700} shm=/dev/shm

if [[ $fs == ext2 ]] && ! command -v fuse2fs >/dev/null; then
  echo "skipped: no fuse2fs (Debian package fuse2fs)"
  exit 0
fi
[[ $(stat -f -c %T $shm) == tmpfs ]] || { echo "$shm is no tmpfs"; exit 1; }
work=$(mktemp -d $shm/posix.XXXXXX) || exit 125
trap 'cd /; rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"
mkdir "$work/native" "$work/mnt" "$work/home" || exit 125
cp "$cases" "$work/cases" # where a plain user may run it

# natively: in a mount namespace of its own, where it can be one, for the read-only half.
natively() {
  if [[ $every != 1 || $fs != ext2 || $(id -u) != 0 ]]; then
    "$here/run_cases.sh" "$work" native "$every"
    return
  fi
  unshare --mount bash -euc 'mount -t tmpfs none "$1/native"
    "$0" "$1" native 1
    mount -o remount,ro "$1/native"
    "$1/cases" --read-only "$1/native/c" >"$1/native.readonly"' "$here/run_cases.sh" "$work"
}

natively || exit 1
HOME=$work/home timeout --kill-after=10 "$limit" \
  "$umview" --norc --engine="$engine" -p umfuse -p ramfs -- \
  bash "$here/in_view.sh" "$work" "$fs" "$every" </dev/null || exit 1
status=0
if [[ $every == 1 && $fs == ext2 ]]; then
  if [[ $(id -u) == 0 && -w /dev/fuse ]]; then
    unshare --mount "$here/kernels_fuse.sh" "$work" || exit 1
    for user in caller 65534; do
      echo "== $user, against the kernel's FUSE"
      "$compare" "$differences" kernel "$every" "$work/kernel.$user" "$work/mnt.$user" || status=1
    done
  else
    echo "not compared with the kernel's FUSE: it takes root and /dev/fuse"
  fi
fi
for user in caller 65534 readonly; do
  [[ -e $work/native.$user ]] || continue
  echo "== $user"
  "$compare" "$differences" "$fs" "$every" "$work/native.$user" "$work/mnt.$user" || status=1
done
exit $status
