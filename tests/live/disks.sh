# Runs in a view with umdev and ramfs, in an empty directory (disks_test.sh). Each command is traced; the first
# that fails ends the script.
. "$(dirname "$0")/checks.sh"

# fails COMMAND...: must fail; what it says must match $why.
fails() {
  local said
  if said=$("$@" 2>&1); then
    echo "succeeded: $*"
    return 1
  fi
  [[ $said =~ $why ]] || { echo "said: $said"; return 1; }
}
set -x

# ---- a disk in memory ----
mount -t umdevramdisk -o size=100M,mbr none test_rd
same "$(ls)" test_rd
printf 'label: dos\n2048,60000,83\n,,5\n,40000\n,,c\n' | sfdisk -q test_rd
same "$(echo *)" "test_rd test_rd1 test_rd2 test_rd5 test_rd6"
same "$(stat -c '%F %t:%T' test_rd5)" "block special file 0:5"
same "$(blockdev --getsz test_rd1 test_rd2)" $'60000\n2'
same "$(blockdev --getsize64 test_rd5)" $((40000 * 512))
mkfs.ext2 -q test_rd1
e2fsck -fn test_rd1
why='No space left' fails dd if=/dev/zero bs=1M of=test_rd5 status=none
same "$(dd if=test_rd5 bs=1M status=none | wc -c)" $((40000 * 512))

# ---- a partition in use is safe ----
exec 9<test_rd1
why='busy' fails umount test_rd
why='busy' fails blockdev --rereadpt test_rd
exec 9<&-
blockdev --rereadpt test_rd
why='' fails umount test_rd1
test -b test_rd1
echo covered >real
mv real test_rd7 # a name that becomes a partition's
printf 'label: gpt\n2048,4096\n' | sfdisk -q --wipe always test_rd
same "$(echo *)" "test_rd test_rd1 test_rd7"
sfdisk --verify test_rd
printf ',4096\n' | sfdisk -q --append test_rd
same "$(blockdev --getsz test_rd2)" 4096
sfdisk -q --delete test_rd 2
test ! -e test_rd2
printf 'label: gpt\nstart=2048,size=4096\ntest_rd7: start=8192,size=4096\n' | sfdisk -q --wipe always test_rd
test -b test_rd7
umount test_rd
same "$(cat test_rd7)" covered
rm test_rd7
same "$(ls)" ""

# ---- an image ----
truncate -s 100M test.img
mount -t umdevmbr test.img test_hd
same "$(cat test_hd | cmp - test.img)" ""
printf 'label: dos\n2048,100000,83\n,,83\n' | sfdisk -q test_hd
same "$(echo test_hd*)" "test_hd test_hd1 test_hd2"
# The tools say the same of the device as of the image (by a name that is as long).
ln test.img test.hd
for list in "sfdisk -l" "sfdisk -d" "fdisk -l" "fdisk -x"; do
  same "$($list test_hd)" "$($list test.hd | sed 's/test\.hd/test_hd/g')"
done
if command -v parted; then
  same "$(parted -sm test_hd unit s print | tail -n +3)" "$(parted -sm test.hd unit s print | tail -n +3)"
fi
rm test.hd
mkfs.ext3 -q test_hd1
echo from the view >hello
debugfs -w -R 'write hello hello' test_hd1
rm hello
e2fsck -fn test_hd1
same "$(blkid -p -s TYPE -o value test_hd1)" ext3
before=$(md5sum <test_hd1)
umount test_hd
mount -t umdevmbr test.img test_hd
same "$(echo test_hd*)" "test_hd test_hd1 test_hd2"
same "$(md5sum <test_hd1)" "$before"

# ---- discards make holes ----
dd if=/dev/urandom of=test_hd2 bs=1M count=8 oflag=sync status=none
full=$(stat -c %b test.img)
blkdiscard -f test_hd2
test "$(stat -c %b test.img)" -lt $((full - 16000))
same "$(head -c 8M test_hd2 | tr -d '\0' | wc -c)" 0
umount test_hd

# ---- read-only ----
mount -t umdevmbr -o ro test.img test_hd
same "$(blockdev --getro test_hd test_hd1)" $'1\n1'
why='not permitted' fails dd if=/dev/zero of=test_hd1 bs=512 count=1
umount test_hd
chmod 444 test.img
if [[ $(id -u) != 0 ]]; then
  mount -t umdevmbr test.img test_hd
  same "$(blockdev --getro test_hd)" 1
  umount test_hd
fi
chmod 644 test.img

# ---- a disk on a disk ----
mount -t umdevramdisk -o size=40M,mbr none outer
printf 'label: dos\n2048,40960\n' | sfdisk -q outer
mount -t umdevmbr outer1 inner
printf 'label: gpt\n2048,8192\n' | sfdisk -q inner
same "$(echo inner*)" "inner inner1"
mkfs.ext2 -q inner1
why='busy' fails umount outer
umount inner
umount outer

# ---- an image on another mount ----
mkdir m
mount -t umramfs none m
truncate -s 20M m/image
mount -t umdevmbr m/image m/disk
printf 'label: gpt\n2048,16384\n,\n' | sfdisk -q m/disk
same "$(ls m)" $'disk\ndisk1\ndisk2\nimage'
mkfs.ext2 -q m/disk1
e2fsck -fn m/disk1
umount m/disk
e2fsck -fn "m/image?offset=1048576"
mount -t umdevmbr m/image disk
why='busy' fails umount m
umount disk
umount m
rmdir m

# ---- what is no image ----
why='' fails mount -t umdevmbr /etc/shadow/none x
why='' fails mount -t umdevmbr . x
same "$(ls)" test.img
