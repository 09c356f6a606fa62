# The session of tools/demo: bash runs it inside `umview -p umdev -p umfuse -p ramfs`. What it prints is
# checked against demo_session.expected, its exit status by tools/demo.

# Shows a command as a terminal would, then runs it.
run() {
  echo "\$ $1"
  eval "$1"
}

work=$(mktemp -d) || exit 1
# What is still mounted would keep its directory busy.
clean() {
  cd / || return
  for place in "$work"/*; do umount "$place" 2>/dev/null; done
  rm -rf --one-file-system "$work"
}
trap clean EXIT
cd "$work" || exit 1
PATH=$PATH:/usr/sbin:/sbin

echo "# Devices that exist in this view only, mounted without being root."
run 'mount -t umdevnull none null'
run 'ls -l null'
run 'head -c 8192 /dev/urandom >null'
run 'umount null'
run 'mount -t umdevtrivhd none chardev'
run 'dd if=/dev/urandom of=chardev'
run 'dd if=chardev of=chardev_content'
run 'cmp chardev chardev_content && echo the same'
run 'mount -t umdevramdisk -o size=16M none disk'
run 'mkfs.ext2 -q disk && e2fsck -fn disk && blockdev --getsize64 disk'

echo "# A file system in memory, and real programs that live on it."
run 'mkdir home'
run 'mount -t umramfs none home'
run 'cd home'
run 'git init -q .'
run "printf '#include <stdio.h>\nint main(void) { return puts(\"hello from the view\") < 0; }\n' >hello.c"
run 'make -s hello'
run './hello'
run 'git add hello.c'
run 'git -c user.name=me -c user.email=me@example.org commit -qm "Say hello"'
run 'git log --format=%s'
run "gdb -nx -batch -ex 'break main' -ex run -ex bt hello 2>/dev/null | grep '^#0'"
run "sqlite3 db 'PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(6 * 7); SELECT a FROM t'"
run 'cd ..'
run 'umount home'
run 'ls home | wc -l'

echo "# A disk: partitions, a file system on one of them, mounted by a FUSE program."
run 'mkdir mnt'
run 'mount -t umdevramdisk -o size=100M,mbr none test_rd'
run 'mkfs.ext2 test_rd'
run 'mount -t umfuseext2 -o rw+ test_rd mnt'
run 'ls mnt'
run 'umount mnt'
run "echo ',,83' | sfdisk --wipe always test_rd"
run 'mkfs.ext2 -q test_rd1'
run 'mount -t umfuseext2 -o rw+ test_rd1 mnt'
run "printf '#include <stdio.h>\nint main(void) { return puts(\"hello from the disk\") < 0; }\n' >mnt/hello.c"
run 'make -s -C mnt CFLAGS=-g hello'
run './mnt/hello'
run "gdb -nx -batch -ex 'break main' -ex run -ex bt mnt/hello 2>/dev/null | grep '^#0'"
run 'md5sum mnt/hello.c mnt/hello >sums'
run 'umount mnt'
run 'e2fsck -fn test_rd1'
run 'mount -t umfuseext2 test_rd1 mnt'
run 'md5sum -c sums && ./mnt/hello'
run 'touch mnt/new'
run 'umount mnt'
run 'umount test_rd'

echo "# The same with an image, which anybody else can use afterwards."
run 'dd if=/dev/zero of=test.img bs=1M count=64'
run 'mount -t umdevmbr test.img test_hd'
run "echo ',,83' | sfdisk -q test_hd"
run 'mkfs.ext2 -q test_hd1'
run 'mount -t umfuseext2 -o rw+ test_hd1 mnt'
run 'echo "from the view" >mnt/file'
run 'umount mnt'
run 'umount test_hd'
run "debugfs -R 'cat /file' 'test.img?offset=1048576' 2>/dev/null"
run 'exit 7'
