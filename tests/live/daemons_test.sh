#!/bin/bash
# daemons_test.sh UMVIEW [NAME...]: the FUSE daemons of the distribution, each in a view under each
# engine and, where root has /dev/fuse, with the kernel's FUSE: listings, hashes, and what comes of one
# sequence of changes are the same. Without the kernel's a walk must show what the source has.
set -u
umview=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
shift
all=(fuse2fs fuse-ext2 squashfuse squashfuse_ll sshfs archivemount bindfs unionfs mergerfs
  fuse-overlayfs ntfs-3g gocryptfs rclone encfs)
names=("${@:-${all[@]}}")
readonly limit=${UM_LIVE_TIMEOUT:-120}
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin

work=$(mktemp -d /tmp/daemons.XXXXXX) || exit 125
cleanup() {
  cd /
  for mnt in "$work"/*/mnt; do umount -l "$mnt" 2>/dev/null; done
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
export HOME=$work

has_kernel_fuse() { [[ $(id -u) == 0 && -c /dev/fuse ]] && unshare -m true && : 2>/dev/null <>/dev/fuse; }
reference=
if has_kernel_fuse; then reference=kernel; else echo "no FUSE of the kernel's here: compared with the source"; fi

# make_source DIR
make_source() {
  mkdir -p "$1/deep/er/est" "$1/many" "$1/empty"
  seq 300000 >"$1/numbers"
  head -c 100000 "$1/numbers" >"$1/deep/part"
  : >"$1/deep/er/nothing"
  ln -s ../numbers "$1/deep/link"
  for i in {1..200}; do echo "$i" >"$1/many/file number $i"; done
  chmod 640 "$1/deep/part"
  chmod 755 "$1/many/file number 1"
  find "$1" -exec touch -h -d '2020-02-02 20:20:02 UTC' {} +
}

# run_one DIR NAME COMMAND...: daemons.sh in a fresh directory.
run_one() {
  local dir=$work/$1 name=$2
  shift 2
  mkdir -p "$dir/mnt"
  make_source "$dir/source"
  (cd "$dir" && timeout --kill-after=10 "$limit" "$@" bash "$here/daemons.sh" "$name" </dev/null)
}

# plain FILE: the part of a walk that the source has too, whatever the daemon.
plain() { awk '/^[^ ]* -/ || / -r/ {print}' "$1" | sed 's/ -[rwx-]* .* \([0-9a-f]\{32\}\)$/ \1/' | sort; }

# differ A B: shows the first differences; false when there are any.
differ() { diff -r "$1" "$2" >"$work/differences" || { head -n 40 "$work/differences"; return 1; }; }

failed=0
for name in "${names[@]}"; do
  program=$name
  type -P "$program" >/dev/null || { echo "left out: $name is not installed"; continue; }
  run_one "$name.source" none true
  python3 "$here/tree.py" walk "$work/$name.source/source" >"$work/$name.source.walk"
  if [[ -n $reference ]] && ! run_one "$name.kernel" "$name"; then
    echo "left out: $name fails with the kernel's FUSE"
    continue
  fi
  for engine in notify ptrace; do
    echo "== $name $engine"
    if ! run_one "$name.$engine" "$name" "$umview" --norc --engine=$engine -p umfuse --; then
      echo "failed: $name $engine"
      failed=1
    elif [[ -n $reference ]]; then
      differ "$work/$name.kernel/seen" "$work/$name.$engine/seen" || { echo "differs: $name $engine"; failed=1; }
    else
      differ <(plain "$work/$name.source.walk") <(plain "$work/$name.$engine/seen/walk") ||
        { echo "differs: $name $engine"; failed=1; }
    fi
  done
done
exit $failed
