# Runs in a view with umdev and umfuse, in an empty directory with an empty directory mnt: a disk, a
# file system on it, a program built there; then the same on a partition.
set -e -u -o pipefail
PS4='+ ${BASH_SOURCE##*/}:$LINENO: '
for program in fuse2fs mkfs.ext2 e2fsck sfdisk gcc; do
  type -P $program >/dev/null || { echo "left out: no $program"; exit 0; }
done

set -x
mount -t umdevramdisk -o size=100M,mbr none test_rd
mkfs.ext2 -q test_rd
mount -t umfuseext2 -o rw+ test_rd mnt
[[ $(ls mnt) == lost+found ]]
printf 'int main(void) { return 42; }\n' >mnt/a.c
gcc -o mnt/a mnt/a.c
"$PWD/mnt/a" || [[ $? == 42 ]]
umount mnt
e2fsck -fn test_rd

printf 'label: dos\n,,83\n' | sfdisk -q test_rd
mkfs.ext2 -q test_rd1
mount -t umfuseext2 -o rw+ test_rd1 mnt
seq 50000 >mnt/numbers
umount mnt
e2fsck -fn test_rd1
mount -t umfuseext2 test_rd1 mnt
cmp <(seq 50000) mnt/numbers
umount mnt
