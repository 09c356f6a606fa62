# Break and watch points, a system call caught, a program that runs already.
. "$(dirname "$0")/lib.sh"
cat >a.c <<'E'
#include <stdio.h>
int g=3;int f(int x){g+=x;return g*2;}int main(){int r=0;for(int i=0;i<5;i++)r+=f(i);printf("%d\n",r);return r&127;}
E
gcc -g -O0 a.c -o a
gdb() { command gdb -nx -batch -iex 'set debuginfod enabled off' "$@"; }
gdb -ex 'break f if x==3' -ex 'watch g' -ex run -ex bt -ex 'print x' -ex 'print f(1)' -ex 'delete' \
  -ex continue ./a >o 2>&1 || true
cat o
grep -q '#1 .*main' o
grep -q 'exited' o
gdb -ex 'catch syscall write' -ex run -ex bt ./a >o2 2>&1 || true
grep -q 'Catchpoint 1 (call to syscall write)' o2
./a >/dev/null || true

sleep 1000 &
gdb -p $! -ex 'info registers rip' -ex detach >o3 2>&1 || true
grep -q '^rip' o3
kill $!
