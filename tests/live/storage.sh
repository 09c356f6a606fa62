# storage.sh DISK ENGINE: runs in a view, in an empty directory with an empty directory mnt: a disk, mounted
# on test_rd (DISK "ram": in memory, and the view has no services yet; else the image of that name, by
# umdevmbr, and it has umdev and umfuse);
# a file system on it; then the same on a partition, with a program that is built, run and debugged
# there.
. "$(dirname "$0")/checks.sh"
disk=$1 engine=$2
set -x

if [[ $disk == ram ]]; then
  um_add_service umdev
  um_add_service umfuse
  mount -t umdevramdisk -o size=100M,mbr none test_rd
else
  truncate -s 100M "$disk"
  mount -t umdevmbr "$disk" test_rd
fi
mkfs.ext2 -q test_rd
mount -t umfuseext2 -o rw+ test_rd mnt
same "$(ls mnt)" lost+found
umount mnt
e2fsck -fn test_rd

printf 'label: dos\n,,83\n' | sfdisk -q --wipe always test_rd
mkfs.ext2 -q test_rd1
mount -t umfuseext2 -o rw+ test_rd1 mnt
mkdir mnt/project
cd mnt/project
for part in one two three; do
  echo "int $part(int a) { return a * ${#part}; }" >$part.c
done
cat >main.c <<'EOF'
#include <stdio.h>
int one(int), two(int), three(int);
int main(void) {
  int sum = one(1) + two(10) + three(100);
  printf("sum %d\n", sum);
  return sum != 533;
}
EOF
cat >Makefile <<'EOF'
CFLAGS = -g -O0
program: main.o one.o two.o three.o
	$(CC) -o $@ $^
EOF
make -s
same "$(./program)" "sum 533"
if [[ $engine != ptrace ]]; then  # which the debugger itself needs
  gdb -nx -batch -ex 'break three' -ex run -ex bt -ex 'print a' ./program >gdb.out
  grep -q '^#0  three (a=100)' gdb.out
  grep -q '^#1 .* main ' gdb.out
  grep -q '^\$1 = 100' gdb.out
fi
seq 200000 >numbers
mkdir -p deep/er
ln -s ../numbers deep/link
mv numbers deep/
ln deep/numbers deep/er/hard
chmod 640 deep/numbers
find . -type f | sort | xargs md5sum >../sums
cd ../..
umount mnt
e2fsck -fn test_rd1

# One program writes a disk at a time; one that does not like its options has mounted nothing.
mkdir -p other
mount -t umfuseext2 -o rw+ test_rd1 mnt
if mount -t umfuseext2 test_rd1 other 2>busy; then exit 1; fi
grep -q 'already mounted' busy
umount mnt
for i in 1 2 3; do
  if mount -t umfuseext2 -o bogus=1 test_rd1 mnt; then exit 1; fi
done

mount -t umfuseext2 test_rd1 mnt
mount -t umfuseext2 test_rd1 other # both only read
umount other
(cd mnt/project && md5sum --quiet -c ../sums && ./program)
same "$(stat -c '%a %h %s' mnt/project/deep/er/hard)" "640 2 1288895"
same "$(readlink mnt/project/deep/link)" ../numbers
cp mnt/sums sums
umount mnt
umount test_rd
