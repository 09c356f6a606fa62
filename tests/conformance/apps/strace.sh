# strace follows children, counts, attaches to what runs, injects errors.
. "$(dirname "$0")/lib.sh"
strace -f -o t sh -c 'cat /etc/passwd | wc -l; exit 4' || test $? = 4
grep -q 'execve("/.*/wc"' t
grep -q 'exited with 4' t
strace -c -o c ls / >/dev/null
grep -q total c
sleep 1000 &
timeout -s INT 1 strace -p $! -o t2 || true
grep -qE 'nanosleep|restart' t2
kill $!
strace -e trace=%file -e inject=openat:error=ENOENT:when=1 true 2>e || true
grep -q INJECTED e
