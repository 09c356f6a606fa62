#!/bin/bash
# apps_test.sh UMVIEW ENGINE SCRIPT...: self-checking scripts of real programs (apps/), natively, in a
# view of this engine, and there on an in-memory file system.
. "$(dirname "$0")/lib.sh"
umview=$(readlink -f "$1") engine=$2
shift 2
readonly on_ramfs='mount -t umramfs none "$PWD" && cd "$PWD" && exec "$@"'

failed=0
for script in "$@"; do
  name=$(basename "$script" .sh)
  if [[ $name == build_lua ]]; then
    export LUA_SOURCE=$work/lua
    "$here/lua_source.sh" "$LUA_SOURCE" || { echo "no source of lua"; exit 1; }
  fi
  command=(-- bash "$(readlink -f "$script")")
  run "$work/native" "$name" "${command[@]}"
  run "$work/view" "$name" "$umview" --norc -q "--engine=$engine" "${command[@]}"
  run "$work/ramfs" "$name" "$umview" --norc -q "--engine=$engine" -p ramfs -- \
    bash -c "$on_ramfs" - "${command[@]:1}"
done
for place in view ramfs; do
  compare "$engine" "$place" || failed=1
done
if grep -v ' PASS$' "$work/native"; then
  echo "natively it must pass:"
  tail -n 30 "$work"/native.d/*.log
  failed=1
fi
exit $failed
