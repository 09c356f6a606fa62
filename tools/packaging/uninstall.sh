#!/bin/bash
# uninstall.sh [PREFIX]: removes what install.sh put below PREFIX (/usr/local), and the directories
# that are empty then.
set -euo pipefail
readonly list=lib/umsdk/installed
prefix=${1:-/usr/local}
if [[ $prefix != /* ]]; then prefix=${BUILD_WORKING_DIRECTORY:-$PWD}/$prefix; fi
if [[ ! -e $prefix/$list ]]; then
  echo "uninstall: nothing is installed in $prefix: there is no $prefix/$list" >&2
  exit 1
fi
cd "$prefix"
mapfile -t entries < <(sort -r "$list")
for entry in "${entries[@]}"; do
  if [[ $entry != */ ]]; then rm -f -- "$entry"; fi
done
rm -f -- "$list"
for entry in "${list%/*}/" "${entries[@]}"; do
  if [[ $entry == */ && -d $entry ]]; then rmdir --ignore-fail-on-non-empty -- "$entry"; fi
done
echo "uninstalled from $prefix"
