# Job control in a shell of a terminal that script(1) makes.
. "$(dirname "$0")/lib.sh"
cat >j.sh <<'E'
set -m
sleep 1000 &
kill -STOP %1
until jobs | grep -q Stopped; do :; done
echo s1
kill -CONT %1
until jobs | grep -q Running; do :; done
echo s2
kill %1
wait %1
echo rc$?
(trap 'echo gotint; exit 3' INT; kill -INT $BASHPID; sleep 1000)
echo rc$?
cat </dev/null | cat
echo ps${PIPESTATUS[*]}
[ -t 0 ] && echo tty
stty size
stty -echo
stty -a | grep -q -- -echo && echo noecho
stty sane
E
script -qec 'bash j.sh' out </dev/null >o2 2>&1
tr -d '\r' <o2 >o
cat o
for line in s1 s2 rc143 gotint rc3 noecho; do grep -q "$line" o; done
