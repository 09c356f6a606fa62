#!/bin/bash
# storage_test.sh UMVIEW: storage.sh in views with umdev and umfuse, under each engine: with a disk in
# memory, and with one that is an image. The image's partition must be clean as the host sees it, and,
# where root may, mount in the kernel with the same content.
set -u
umview=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
readonly limit=${UM_LIVE_TIMEOUT:-240}
readonly sector=512 first=2048  # where sfdisk puts a first partition
export LC_ALL=C.UTF-8 PATH=${umview%/*}:$PATH:/usr/sbin:/sbin MKE2FS_SKIP_CHECK_MSG=1

for tool in fuse2fs mkfs.ext2 e2fsck sfdisk gcc make gdb; do
  type -P $tool >/dev/null || { echo "$tool is not installed"; exit 1; }
done
work=$(mktemp -d /tmp/storage.XXXXXX) || exit 125
trap 'umount "$work/kernel" 2>/dev/null; cd /; rm -rf --one-file-system "$work"' EXIT
mkdir "$work/kernel"

# kernel_mount IMAGE: the partition, on $work/kernel. False, with the reason told, where that cannot be.
kernel_mount() {
  [[ $(id -u) == 0 ]] || { echo "skipped: only root mounts in the kernel"; return 1; }
  mount -t ext2 -o "ro,loop,offset=$((first * sector))" "$1" "$work/kernel" 2>"$work/why" && return
  # It may mount in the kernel where the kernel has no part of this: that is what must be known.
  if [[ ! -e /dev/loop-control ]] || ! losetup -f >/dev/null 2>&1; then
    echo "skipped: no loop devices"
  elif ! grep -qwE 'ext2|ext4' /proc/filesystems; then
    echo "skipped: the kernel has no ext2"
  elif ! unshare -m true 2>/dev/null; then
    echo "skipped: mount(2) is not permitted here"
  else
    cat "$work/why"
    exit 1
  fi
  return 1
}

for engine in notify ptrace; do
  for disk in ram test.img; do
    services=()
    [[ $disk == ram ]] || services=(-p umdev -p umfuse)
    echo "== $engine $disk"
    mkdir -p "$work/$engine.$disk/mnt" "$work/$engine.$disk/home"
    cd "$work/$engine.$disk" || exit 125
    HOME=$PWD/home timeout --kill-after=10 "$limit" "$umview" --norc --engine=$engine \
      "${services[@]}" -- bash "$here/storage.sh" $disk $engine </dev/null ||
      { echo "storage.sh failed: $engine $disk"; exit 1; }
    [[ -z $(ls -A mnt) ]] || { echo "something was written below the mount point"; exit 1; }
  done
  e2fsck -fn "test.img?offset=$((first * sector))" || exit 1
  if kernel_mount "$PWD/test.img"; then
    (cd "$work/kernel/project" && md5sum --quiet -c "$work/$engine.test.img/sums" && ./program) ||
      { echo "the kernel reads something else"; exit 1; }
    umount "$work/kernel" || exit 1
  fi
done
