# A C project is built by make in parallel; its program, its shared library and scripts run.
. "$(dirname "$0")/lib.sh"
mkdir src
for i in $(seq 12); do
  printf '#include "sum.h"\n#include <stdio.h>\nint f%d(void) { return %d; }\n' "$i" "$i" \
    >"src/f$i.c"
done
{
  for i in $(seq 12); do echo "int f$i(void);"; done
} >src/sum.h
{
  printf '#include "sum.h"\n#include <stdio.h>\nint main(void) {\n  int sum = 0;\n'
  for i in $(seq 12); do echo "  sum += f$i();"; done
  printf '  printf("%%d\\n", sum);\n  return 7;\n}\n'
} >src/main.c
cat >Makefile <<'MAKE'
parts := $(patsubst %.c,%.o,$(wildcard src/f*.c))
all: program dynamic
%.o: %.c src/sum.h
	$(CC) -Wall -fPIC -c -o $@ $<
program: src/main.o $(parts)
	$(CC) -o $@ $^
libparts.so: $(parts)
	$(CC) -shared -o $@ $^
dynamic: src/main.o libparts.so
	$(CC) -o $@ src/main.o -L. -lparts -Wl,-rpath,'$$ORIGIN'
MAKE

make -s -j4
status=0
same "$(./program || true)" 78
./program >/dev/null || status=$?
same "$status" 7
same "$(ldd ./dynamic | grep -c "=> $PWD/.*libparts.so")" 1
same "$(./dynamic || true)" 78
same "$(make -q && echo nothing to do)" "nothing to do"
touch src/f3.c
same "$(make -n | grep -c 'src/f3.o src/f3.c')" 1
make -s

# The interpreter is a program of the mount, too.
printf '#!/bin/sh\necho "$0: $# $1"\n' >script
chmod +x script
same "$(./script 'a b')" "./script: 1 a b"
cp /bin/dash shell
printf '#!%s/shell -e\necho "$1"; false; echo no\n' "$PWD" >own
chmod +x own
same "$(./own yes || true)" yes
same "$(PATH=$PWD:$PATH own found || true)" found
