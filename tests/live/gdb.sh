# gdb and strace on a program that was built on the mount, and on one that runs already.
. "$(dirname "$0")/lib.sh"
cat >a.c <<'C'
#include <stdio.h>
int g = 3;
int f(int x) {
  g += x;
  return g * 2;
}
int main(void) {
  int r = 0;
  for (int i = 0; i < 5; i++) r += f(i);
  printf("%d\n", r);
  return r & 127;
}
C
gcc -g -O0 a.c -o a
gdb() { command gdb -nx -batch -iex 'set debuginfod enabled off' "$@"; }

gdb -ex 'break f if x==3' -ex run -ex bt -ex 'print x' -ex 'print f(1)' -ex 'delete' \
  -ex continue ./a >out 2>&1
cat out
grep -q '#0  f (x=3) at a.c:4' out
grep -q '#1 .*main () at a.c:9' out
grep -q '^\$1 = 3' out
grep -q 'exited with code' out

gdb -ex 'watch g' -ex run -ex continue ./a >out 2>&1
cat out
grep -q 'New value = 4' out

gdb -ex 'catch syscall write' -ex run -ex bt ./a >out 2>&1
cat out
grep -q 'Catchpoint 1 (call to syscall write)' out

cp "$(command -v sleep)" own_sleep
./own_sleep 600 &
gdb -p $! -ex 'info registers rip' -ex detach >out 2>&1
cat out
grep -q '^rip' out
kill $!
wait $! || true

strace -f -o trace sh -c './a | wc -l; exit 4' || same $? 4
grep -q 'execve("./a"' trace
grep -q 'exited with 4' trace
