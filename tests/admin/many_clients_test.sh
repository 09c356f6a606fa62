#!/bin/bash
# many_clients_test.sh UMVIEW: 50 clients add, move, list and remove services while 20 guests use a file
# system, under each engine. Nothing is lost, and nothing fails that should not.
umview=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
clients=$(readlink -f "$(dirname "$0")/admin_clients")
services=$(readlink -f "${umview%/*}/testing/services")
. "$here/view.sh"
export LD_LIBRARY_PATH=$services

guest='
mkdir mnt; mount -t umramfs none mnt || exit
for i in {1..20}; do
  (while [[ ! -e stop ]]; do
    echo $i >mnt/$i && [[ $(<mnt/$i) == $i ]] || { echo "guest $i failed"; exit 1; }
  done) &
  guests+=($!)
done
echo >ready; read -r <end; touch stop
for one in ${guests[@]}; do wait $one || exit 1; done'

for engine in notify ptrace; do
  begin_view --engine=$engine -p ramfs
  "$clients" "$socket" 50 10 || { echo "$engine: the clients failed"; touch stop; end_view; exit 1; }
  end_view || { echo "$engine: a guest failed"; exit 1; }
done
