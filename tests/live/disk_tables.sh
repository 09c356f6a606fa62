# disk_tables.sh show|write: natively and in a view the same commands on disks (disk_tables_test.sh). Each line
# of the input is NAME IMAGE PARTITIONS... OUT, or NAME IMAGE WRITER. With UM_MOUNT set this runs in a view with
# umdev, and NAME is made there of IMAGE; without, NAME is there already: a loop device, or the image itself.
set -u
verb=$1
here=$(dirname "$0")

# said COMMAND...: what it says and how it ends. Left out is what differs between any two runs or is read from
# /sys, where nothing is of umdev: the transport and model of parted, the GUID that sgdisk makes up for a disk
# that has none.
said() {
  local file=()
  # The other side is a file: it has no physical sectors, and a seek beyond its end succeeds.
  [[ -z ${UM_FILE:-} ]] || file=(-e '/^Sector size \(logical/d' -e 's/^(Failed to read extended .*\)):.*/\1/'
    -e '/^(Unable to seek to|Error seeking to or|Some logical partitions may|EBR signature for) /d')
  echo "\$ $*"
  "$@" 2>&1 | sed -E -n -e "s|^($name:[0-9]+s):[^:]*:([0-9:]*:[a-z]*):.*|\1:\2|" \
    -e '/^Disk identifier \(GUID/{/-0000-00000000D15C$/!d}' "${file[@]}" -e p
  echo "= ${PIPESTATUS[0]}"
}

# What is in a partition. Its entry in the table of the whole disk is not asked for: blkid finds that disk in
# /sys, and where it has only that to say it ends with 0 instead of 2.
held() {
  echo "\$ blkid $1"
  blkid -p -o export "$1" 2>&1 | sed -E -e '/^PART_ENTRY_/d' -e '/^DEVNAME=/d'
}

has() { command -v "$1" >/dev/null; }

show() { # PARTITION...
  said sfdisk -d "$name"
  said sfdisk -l "$name"
  said fdisk -l "$name"
  said fdisk -x "$name"
  said blkid -p -o export "$name"
  said partx -g -o NR,START,SECTORS,TYPE,UUID,NAME,SCHEME "$name"
  if has sgdisk; then said sgdisk -p "$name"; fi
  if has parted; then said parted -sm "$name" unit s print; fi
  [[ -b $name ]] || return 0
  local part parts=("${@/#/${name}p}") # numbers make nodes
  said blockdev --getsz --getss --getpbsz --getsize64 --getro --getiomin --getioopt --getalignoff "$name" \
    "${parts[@]}"
  if [[ $# == 0 ]]; then return; fi
  for part in "${parts[@]}"; do
    held "$part"
    (head -c 64K "$part" && tail -c 64K "$part") | cksum # both ends are where they must be
  done
}

readonly guid=0FC63DAF-8483-4772-8E79-3D69D8477D

# With all identities given, what a tool writes depends on the disk alone.
write_dos() {
  printf '%s\n' 'label: dos' 'label-id: 0xc0ffee01' '2048,8192,83,*' ',,5' ',4096,82' ',,c' | sfdisk -q "$name"
}
write_gpt() {
  printf '%s\n' 'label: gpt' "label-id: ${guid}01" \
    "start=2048, size=8192, type=${guid}E4, uuid=${guid}02, name=\"one\"" \
    "start=10240, size=4096, type=uefi, uuid=${guid}03" | sfdisk -q "$name"
}
write_append() {
  write_dos && sfdisk -q --delete "$name" 6 && echo ',2048,7' | sfdisk -q --append "$name" &&
    sfdisk -q --part-type "$name" 1 b && sfdisk -q --disk-id "$name" 0x11223344
}
write_fdisk() { printf 'o\nx\ni\n0x44332211\nr\nn\np\n1\n\n+4M\nn\ne\n2\n\n\nn\n\n+2M\nt\n5\n82\nw\n' | fdisk "$name"; }
write_sgdisk() {
  sgdisk -U "${guid}11" -n 1:2048:+4M -u "1:${guid}12" -c 1:first -n 3:0:0 -t 3:8200 -u "3:${guid}13" "$name" &&
    sgdisk -d 1 -n 2:2048:+1M -u "2:${guid}14" "$name"
}
write_parted() {
  parted -s "$name" mklabel msdos mkpart primary ext2 1MiB 5MiB mkpart extended 5MiB 100% \
    mkpart logical 6MiB 8MiB mkpart logical 9MiB 11MiB set 1 boot on rm 5 &&
    sfdisk -q --disk-id "$name" 0x55667788
}
write_mkfs() { # the file system starts where the partition does
  write_dos || return 1
  local part=${name}p1 offset=()
  [[ -b $part ]] || part=$name offset=(offset=1048576,)
  E2FSPROGS_FAKE_TIME=1000000000 mke2fs -q -F -t ext2 -b 1024 -E "${offset[*]}hash_seed=${guid}21,nodiscard" \
    -U "${guid}22" "$part" 4096
}

# nodes NAME: by one Python for all disks, as it is slow to start.
nodes() {
  local line=
  echo "$1" >&"${listing[1]}"
  while read -r line <&"${listing[0]}" && [[ $line != . ]]; do echo "$line"; done
  [[ $line == . ]]
}
if [[ $verb == show && -n ${UM_MOUNT:-} ]]; then coproc listing { exec python3 "$here/disk_tables.py" nodes; }; fi

while read -r name image what; do
  [[ -z ${UM_MOUNT:-} ]] || mount -t umdevmbr "$image" "$name" || exit 1
  if [[ $verb == write ]]; then
    "write_$what" >/dev/null 2>errors || { echo "$what failed: $(<errors)"; exit 1; }
  else
    read -r -a numbers <<<"$what"
    out=${numbers[-1]}
    unset 'numbers[-1]'
    show "${numbers[@]}" >"$out"
    [[ -z ${UM_MOUNT:-} ]] || nodes "$name" >"$out.nodes" || exit 1
  fi </dev/null
  [[ -z ${UM_MOUNT:-} ]] || umount "$name" || exit 1
done
