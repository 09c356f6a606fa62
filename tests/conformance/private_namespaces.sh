#!/bin/bash
# Runs its arguments, when root does it, in fresh mount, net (with lo), uts, ipc and pid namespaces: a
# suite cannot change the machine, and every run starts from the same state.
if [[ $EUID != 0 ]]; then exec "$@"; fi
exec unshare -m -n -u -i -p -f --kill-child --mount-proc --propagation private bash -c '
  ip link set lo up 2>/dev/null
  mount -t mqueue none /dev/mqueue 2>/dev/null
  exec "$@"' - "$@"
