# Lua is built from its source ($LUA_SOURCE) and runs.
. "$(dirname "$0")/lib.sh"
cp -a "$LUA_SOURCE" l
cd l
make -s -j2 linux MYCFLAGS=-w >/dev/null
test "$(src/lua -e 'local s=0 for i=1,1000000 do s=s+i end print(s)')" = 500000500000
src/lua -e 'local f=io.popen("echo hi; exit 3") print(f:read("a")) print(f:close())' | grep -q 3
