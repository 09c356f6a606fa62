#!/bin/bash
# random_test.sh UMVIEW DATA TREE COUNT: random.sh under each engine, with COUNT operations of each
# program. UM_SEED repeats a run; otherwise short runs have the same seed always, long ones a new one.
set -u
umview=$(readlink -f "$1") data=$(readlink -f "$2") tree=$(readlink -f "$3") count=$4
here=$(dirname "$(readlink -f "$0")")
readonly limit=${UM_LIVE_TIMEOUT:-1700} long=10000
seed=${UM_SEED:-1}
if [[ -z ${UM_SEED:-} && $count -ge $long ]]; then seed=$((RANDOM * 32768 + RANDOM)); fi
echo "seed $seed"

work=$(mktemp -d /tmp/random.XXXXXX) || exit 125
model=$(mktemp -d /dev/shm/random.XXXXXX) || exit 125
trap 'cd /; rm -rf --one-file-system "$work" "$model"' EXIT
[[ $(stat -f -c %T "$model") == tmpfs ]] || { echo "/dev/shm is no tmpfs"; exit 1; }
for engine in notify ptrace; do
  echo "== $engine"
  mkdir -p "$work/$engine/mnt" "$work/$engine/home"
  cd "$work/$engine" || exit 125
  HOME=$PWD/home LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin \
    timeout --kill-after=10 "$limit" "$umview" --norc --engine=$engine -p umfuse -p ramfs -- \
    bash "$here/random.sh" "$data" "$tree" "$model" "$seed" "$count" </dev/null ||
    { echo "failed: $engine; UM_SEED=$seed repeats it"; exit 1; }
done
