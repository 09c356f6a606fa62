# The everyday tools, in pipes.
. "$(dirname "$0")/lib.sh"
sums() { find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -P2 -n50 md5sum | sort | md5sum; }
cp -a /usr/share/perl/5.36.0 p 2>/dev/null || cp -a /usr/share/perl p
a=$(cd p && sums)
mkdir q
tar cf - p | gzip -1 | tar xzf - -C q
test "$a" = "$(cd q/p && sums)"
diff -r p q/p
seq 200000 | sort -R -T . | sort -n -T . --parallel=2 -S 1M | cmp - <(seq 200000)
mkfifo f
seq 1000 >f &
test "$(wc -l <f)" = 1000
wait
{ yes || true; } | head -c 1000000 | dd of=o bs=4k 2>/dev/null
test "$(stat -c %s o)" = 1000000

(flock 9; echo locked) 9>l
timeout 1 sleep 1000 || test $? = 124
find p -newer l | wc -l
ln -s nope dang
test ! -e dang
test -L dang
chmod 000 o
stat -c %a o | grep -qx 0
df . >/dev/null
du -s p >/dev/null
ls -lR p | md5sum >/dev/null
truncate -s 1G big
test "$(stat -c %b big)" -lt 100
fallocate -l 1M fa
cp --sparse=always big big2
rm -rf p q
