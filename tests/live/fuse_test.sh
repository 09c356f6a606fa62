#!/bin/bash
# fuse_test.sh UMVIEW SCRIPT SERVICE...: runs SCRIPT in views with the services, under each engine, in
# an empty directory with an empty directory mnt.
set -u
umview=$(readlink -f "$1")
script=$(readlink -f "$2")
shift 2
services=()
for service in "$@"; do services+=(-p "$service"); done
readonly limit=${UM_LIVE_TIMEOUT:-120}

work=$(mktemp -d /tmp/live.XXXXXX) || exit 125
trap 'rm -rf --one-file-system "$work"' EXIT
failed=0
for engine in notify ptrace; do
  mkdir -p "$work/$engine/mnt" "$work/$engine/home"
  if ! (cd "$work/$engine" && HOME=$work/$engine/home LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin \
    timeout --kill-after=10 "$limit" "$umview" --norc --engine="$engine" "${services[@]}" -- \
    bash "$script" </dev/null); then
    echo "$engine: failed"
    failed=1
  fi
  if [[ -n $(ls -A "$work/$engine/mnt") ]]; then
    echo "$engine: something was written below the mount point, not to the mount"
    failed=1
  fi
done
exit $failed
