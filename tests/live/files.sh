# The everyday tools on a tree of files, links and fifos.
. "$(dirname "$0")/lib.sh"
sums() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0 md5sum | md5sum); }

cp -a /usr/share/perl/5.36 p 2>/dev/null || cp -aL /usr/share/perl/5.36 p
[[ -L p ]] && rm p && cp -aL /usr/share/perl/5.36 p
same "$(sums p)" "$(sums /usr/share/perl/5.36)"
mkdir q
tar cf - p | gzip -1 | tar xzf - -C q
diff -r p q/p
same "$(sums q/p)" "$(sums p)"
same "$(find p -type f | wc -l)" "$(find /usr/share/perl/5.36/ -type f | wc -l)"
cp -a p copy
same "$(cd copy && find . -printf '%p %m %T@ %s\n' | sort | md5sum)" \
  "$(cd p && find . -printf '%p %m %T@ %s\n' | sort | md5sum)"
mv copy moved
test ! -e copy
test "$(du -s --apparent-size moved | cut -f1)" -gt 1000
df . | tail -1
rm -rf moved q
same "$(ls)" p

ln -s nowhere dangling
test -L dangling -a ! -e dangling
ln p/strict.pm hard
same "$(stat -c %h hard)" 2
same "$(stat -c %i hard)" "$(stat -c %i p/strict.pm)"
chmod 640 hard
same "$(stat -c %a p/strict.pm)" 640
truncate -s 1G sparse
same "$(stat -c %s sparse)" 1073741824
test "$(stat -c %b sparse)" -lt 100
mkfifo fifo
seq 1000 >fifo &
same "$(wc -l <fifo)" 1000
wait
seq 20000 | sort -R -T . | sort -n -T . -S 1M | cmp - <(seq 20000)
{ yes || true; } | head -c 1000000 | dd of=out bs=4k 2>/dev/null
same "$(stat -c %s out)" 1000000
(flock 9; echo locked) 9>lock
sed -i 's/y/z/' out
same "$(head -1 out)" z
rm -rf -- * && same "$(ls -A)" ""
