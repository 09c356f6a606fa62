#!/bin/bash
# disk_tables_test.sh UMVIEW: partition tables, good and bad (disk_tables.py), on a disk of umdev and on a loop
# device of the kernel: the partitions are the same, the tools say the same of both, and write the same. Where
# there are no loop devices (a plain user, a container) the other side is the image itself, as far as a tool
# takes a file. sgdisk and parted are asked where they are installed.
set -u
umview=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
readonly limit=${UM_LIVE_TIMEOUT:-240}
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8 MKE2FS_SKIP_CHECK_MSG=1

for tool in sfdisk fdisk blkid blockdev partx mke2fs python3; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 1; }
done
work=$(mktemp -d /tmp/tables.XXXXXX) || exit 125
# A loop device of our own: in the view a disk lies over its name, where another's partitions would show through.
readonly own_number=$((1000 + $$ % 30000))
readonly own_loop=/dev/loop$own_number
loop= on_loop=no
stop() {
  detach
  [[ $on_loop != yes ]] || python3 "$here/disk_tables.py" remove_loop "$own_number"
  rm -rf "$work"
}
trap stop EXIT
cd "$work" || exit 125

# Puts an image where the tools read it natively: $name.
attach() { # IMAGE
  if [[ $on_loop != yes ]]; then
    name=$work/disk0
    ln -f "$1" "$name"
    return
  fi
  losetup -P "$own_loop" "$1" && name=$own_loop loop=$own_loop || exit 1
  [[ $reads_tables == yes ]] && return
  # This kernel cannot read tables: it is told of the partitions, and takes those that do not overlap.
  while read -r number start sectors; do
    addpart "$loop" "$number" "$start" "$sectors" 2>/dev/null
  done 2>/dev/null <"expected/${1##*/}" # of an image that is not one of those: none
}
detach() {
  if [[ -n $loop ]]; then losetup -d "$loop"; fi
  loop=
  rm -f "$work/disk0"
}
# What the kernel shows of a loop device.
kernel_nodes() {
  local dir
  for dir in "/sys/block/${loop#/dev/}/${loop#/dev/}"p*; do
    [[ -e $dir/partition ]] && echo "$(<"$dir/partition") $(<"$dir/start") $(<"$dir/size")"
  done | sort -n
}
# The numbers of the partitions that a loop device has and umdev shows.
common_parts() { # IMAGE
  [[ -z $loop ]] || comm -12 <(kernel_nodes | cut -d ' ' -f 1 | sort) \
    <(cut -d ' ' -f 1 "expected/$1" | sort) | sort -n | tr '\n' ' '
}
in_view() { # ENGINE show|write
  UM_MOUNT=yes timeout --kill-after=10 "$limit" "$umview" --norc --engine="$1" -p umdev -- \
    bash "$here/disk_tables.sh" "$2"
}
failed=0
fail() {
  echo "FAILED: $*"
  failed=1
}
# agree WHAT WANTED FOUND: two files have the same lines.
agree() {
  diff "$2" "$3" >diff && return
  fail "$1 (<: the other side, >: umdev)"
  cat diff
}

mkdir told notify ptrace
python3 "$here/disk_tables.py" make . >names || exit 1
mke2fs -q -F -E offset=1048576 images/primaries 4096 && mke2fs -q -F -E offset=1048576 images/gpt 4096 || exit 1

reads_tables=no
if losetup -P "$own_loop" images/primaries 2>/dev/null; then
  on_loop=yes loop=$own_loop
  [[ -n $(kernel_nodes) ]] && reads_tables=yes
  detach
fi
if [[ $on_loop == no ]]; then export UM_FILE=yes; fi
echo "loop devices: $on_loop; this kernel reads tables: $reads_tables"

# ---- what the tools say ----
while read -r image; do
  attach "images/$image"
  if [[ $reads_tables == yes ]]; then
    kernel_nodes >found
    agree "the kernel's partitions of $image" "kernel/$image" found
  fi
  echo "$name ../images/$image $(common_parts "$image") $image" >>shown
  tail -n 1 shown | (cd told && bash "$here/disk_tables.sh" show) || exit 1
  detach
done <names
# Some are enough under ptrace, where parted and Python take long.
grep -Ex 'primaries|chain_05|chain_beyond|endless|beyond|tiny|gpt|gpt_bad_first|gpt_hybrid' names >names.ptrace
mv names names.notify
for engine in notify ptrace; do
  grep -E " ($(paste -s -d '|' names.$engine))\$" shown |
    (cd $engine && in_view $engine show) || fail "$engine"
  while read -r image; do
    agree "partitions of $image under $engine" "expected/$image" "$engine/$image.nodes"
    if [[ $on_loop == no ]]; then sed -i '/^\$ blockdev/,$d' "$engine/$image"; fi # a file is not asked these
    agree "what is said of $image under $engine" "told/$image" "$engine/$image"
  done <names.$engine
done

# ---- what they write ----
writers="dos gpt append fdisk mkfs"
if command -v sgdisk >/dev/null; then writers+=" sgdisk"; fi
# To parted a file has other heads and cylinders than a device.
if [[ $on_loop == yes ]] && command -v parted >/dev/null; then writers+=" parted"; fi
for writer in $writers; do
  truncate -s 20M "native.$writer" "notify.$writer" "ptrace.$writer"
  attach "native.$writer"
  echo "$name native.$writer $writer" >>written
  tail -n 1 written | bash "$here/disk_tables.sh" write || fail "$writer, natively"
  detach
  if cmp -s "native.$writer" "native.dos" && [[ $writer != dos ]]; then fail "$writer wrote nothing of its own"; fi
done
for engine in notify ptrace; do
  sed "s/ native/ $engine/" written | in_view $engine write || fail "writing under $engine"
  for writer in $writers; do
    cmp "native.$writer" "$engine.$writer" || fail "what $writer writes under $engine"
  done
done
exit $failed
