# Runs in a view with umdev (disks_test.sh FULL): tools that are not always installed.
. "$(dirname "$0")/checks.sh"
set -x
mount -t umdevramdisk -o size=200M,gpt none rd

# parted tells the kernel of each partition (BLKPG).
parted -s rd mklabel msdos mkpart primary ext2 1MiB 50MiB mkpart extended 50MiB 100% \
  mkpart logical 51MiB 80MiB mkpart logical 81MiB 100MiB
same "$(echo rd*)" "rd rd1 rd2 rd5 rd6"
parted -s rd rm 6
same "$(echo rd*)" "rd rd1 rd2 rd5"
same "$(blockdev --getsz rd1 rd5)" $'100352\n59392'
exec 9<rd5
if parted -s rd rm 5; then exit 1; fi
test -b rd5
exec 9<&-
blockdev --rereadpt rd
same "$(echo rd*)" "rd rd1 rd2"

# gdisk and sgdisk
sgdisk -Z rd
sgdisk -n 1:2048:+10M -n 3:0:+5M rd
same "$(echo rd*)" "rd rd1 rd3"
printf 'n\n2\n\n+3M\n\nw\ny\n' | gdisk rd
same "$(echo rd*)" "rd rd1 rd2 rd3"
sgdisk -v rd | grep 'No problems found'

# fdisk
printf 'g\nn\n\n\n+20M\nn\n\n\n\nw\n' | fdisk rd
same "$(echo rd*)" "rd rd1 rd2"

mkfs.vfat rd1
fsck.vfat -n rd1
mkfs.ext4 -q rd2
fsck -f -n "$PWD/rd2"
same "$(blkid -s TYPE -o value rd1 rd2)" $'vfat\next4'
same "$(blkid -p -s PTTYPE -o value rd)" gpt
hdparm -g rd2 | grep -F 'start = 43008'
hdparm -g rd | grep -F '1600/16/16, sectors = 409600, start = 0'
dd if=/dev/zero of=rd2 bs=1M count=2 oflag=direct conv=notrunc status=none
umount rd
same "$(ls)" test.img
