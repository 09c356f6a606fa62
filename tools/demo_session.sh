# The session of tools/demo: bash runs it inside `umview -p umdev -p ramfs`. What it prints is
# checked against demo_session.expected, its exit status by tools/demo.

# Shows a command as a terminal would, then runs it.
run() {
  echo "\$ $1"
  eval "$1"
}

work=$(mktemp -d) || exit 1
trap 'cd /; rm -rf --one-file-system "$work"' EXIT
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
run 'exit 7'
