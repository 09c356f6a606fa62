#!/bin/bash
# disks_test.sh UMVIEW: disks of umdev under the distribution's tools, in a view under each engine:
# partitions, file systems on them, images. disks.sh is what runs inside; with FULL as second argument
# disk_tools.sh does so afterwards, with tools that are not always installed.
set -u
umview=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
readonly limit=${UM_LIVE_TIMEOUT:-240}

for tool in sfdisk mkfs.ext2 e2fsck blockdev; do
  PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 1; }
done
for engine in notify ptrace; do
  work=$(mktemp -d /tmp/disks.XXXXXX) || exit 125
  trap 'rm -rf "$work"' EXIT
  cd "$work" || exit 125
  echo "== $engine"
  LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin UM_LIVE_MARK=$work MKE2FS_SKIP_CHECK_MSG=1 \
    timeout --kill-after=10 "$limit" "$umview" --norc --engine=$engine -p umdev -p ramfs -- \
    bash "$here/disks.sh" </dev/null || { echo "disks.sh failed under $engine"; exit 1; }
  if [[ ${2:-} == FULL ]]; then
    LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin \
      timeout --kill-after=10 "$limit" "$umview" --norc --engine=$engine -p umdev -- \
      bash "$here/disk_tools.sh" </dev/null || { echo "disk_tools.sh failed under $engine"; exit 1; }
  fi
  # The image as the host sees it: the file system is where the partition was, and clean.
  PATH=$PATH:/usr/sbin:/sbin e2fsck -fn "test.img?offset=1048576" || exit 1
  PATH=$PATH:/usr/sbin:/sbin debugfs -R 'cat /hello' "test.img?offset=1048576" 2>/dev/null |
    grep -qx 'from the view' || { echo "the file is not in the image"; exit 1; }
  if [[ $(ls) != test.img ]]; then
    echo "left behind:"
    ls
    exit 1
  fi
  cd /
  rm -rf "$work"
done
