#!/bin/bash
# stream_test.sh UMVIEW DAEMON USER: files of a FUSE daemon that cannot be sought, and poll of them:
# with the kernel's FUSE where that can be had, then in views under each engine.
set -u
umview=$(readlink -f "$1") daemon=$(readlink -f "$2") user=$(readlink -f "$3")
readonly limit=${UM_LIVE_TIMEOUT:-60}
work=$(mktemp -d /tmp/stream.XXXXXX) || exit 125
trap 'rm -rf --one-file-system "$work"' EXIT
cat >"$work/checks" <<'EOF'
set -e -u -x
daemon=$1 user=$2 mnt=$3
trap 'umount -l "$mnt" || true' EXIT
begin() {
  "$daemon" "$mnt" "$@" & pid=$!
  until [[ -e $mnt/stream ]]; do kill -0 $pid; done
}
begin
"$user" "$mnt" poll
[[ $(LC_ALL=C ls "$mnt" | tr -s 'l\n' 'l ') == "cached l once order stream " ]]
umount "$mnt"
wait $pid || true
begin nopoll
"$user" "$mnt" nopoll
umount "$mnt"
wait $pid || true
begin
"$user" "$mnt" $pid
wait $pid || true
EOF

mkdir "$work/mnt"
# In a mount namespace of its own, which nothing is left of.
if [[ -w /dev/fuse ]] && unshare --mount true 2>/dev/null; then
  echo "== native"
  timeout --kill-after=10 "$limit" unshare --mount bash "$work/checks" "$daemon" "$user" "$work/mnt" ||
    exit 1
fi
for engine in notify ptrace; do
  echo "== $engine"
  HOME=$work timeout --kill-after=10 "$limit" "$umview" --norc --engine=$engine -p umfuse -- \
    bash "$work/checks" "$daemon" "$user" "$work/mnt" </dev/null || exit 1
done
