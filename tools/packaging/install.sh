#!/bin/bash
# install.sh TAR [PREFIX]: unpacks the tree below PREFIX (/usr/local) and notes what it wrote, for
# uninstall.sh; what an older version left there goes first.
set -euo pipefail
readonly list=lib/umsdk/installed
tar=$(readlink -f "$1")
prefix=${2:-/usr/local}
if [[ $prefix != /* ]]; then prefix=${BUILD_WORKING_DIRECTORY:-$PWD}/$prefix; fi
mkdir -p "$prefix"
if [[ -e $prefix/$list ]]; then "$(dirname "$(readlink -f "$0")")/uninstall.sh" "$prefix" >/dev/null; fi
tar -xf "$tar" -C "$prefix" --no-same-owner --no-overwrite-dir
mkdir -p "$prefix/${list%/*}"
tar -tf "$tar" >"$prefix/$list"
# ldconfig makes the library known where the loader looks by itself.
if [[ $(id -u) == 0 && ($prefix == /usr/local || $prefix == /usr) ]]; then ldconfig; fi
echo "installed in $prefix"
