#!/bin/bash
# nbd_test.sh UMVIEW: umdevnbd with the servers of the distribution: nbdkit, qemu-nbd (a qcow2 image).
set -u -o pipefail
umview=$(readlink -f "$1")
readonly limit=${UM_LIVE_TIMEOUT:-120}
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8 TMPDIR=/tmp

for tool in nbdkit qemu-nbd qemu-img; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 1; }
done
work=$(mktemp -d /tmp/nbd.XXXXXX) || exit 125
servers=()
stop() {
  for pid in "${servers[@]}"; do kill -KILL "$pid"; done 2>/dev/null
  wait 2>/dev/null
  rm -rf "$work"
}
trap stop EXIT
cd "$work" || exit 125

# serve SOCKET COMMAND...: starts a server and waits for its socket.
serve() {
  local socket=$1
  shift
  "$@" &
  server=$!
  servers+=("$server")
  until [[ -S $socket ]]; do
    kill -0 "$server" || exit 1
    read -r -t 0.05 <>"$work/never"
  done
}
mkfifo never

view() {
  timeout --kill-after=10 "$limit" "$umview" --norc --engine="$engine" -p umdev -- bash -e -u -x -c "$1"
}

for engine in notify ptrace; do
  echo "== $engine"
  rm -f ./*.sock disk.qcow2
  qemu-img create -q -f qcow2 disk.qcow2 64M
  serve qemu.sock qemu-nbd -t -k "$work/qemu.sock" -f qcow2 --discard=unmap disk.qcow2
  view '
    mount -t umdevnbd "nbd+unix:///?socket=$PWD/qemu.sock" vm
    test "$(blockdev --getsize64 vm)" = $((64 << 20))
    printf "label: gpt\n2048,65536\n" | sfdisk -q vm
    mkfs.ext4 -q vm1
    e2fsck -fn vm1
    printf odd | dd of=vm bs=1 seek=60000001 conv=notrunc,fsync status=none
    test "$(dd if=vm bs=1 skip=60000000 count=5 status=none | od -An -c | tr -d " ")" = "\\0odd\\0"
    blkdiscard -f vm1
    test "$(head -c 1M vm1 | tr -d "\0" | wc -c)" = 0
    umount vm
    mount -t umdevnbd -o ro "unix:$PWD/qemu.sock" vm
    test "$(echo vm*)" = "vm vm1"
    test "$(blockdev --getro vm1)" = 1
    umount vm
  ' || exit 1
  kill -TERM "$server"
  wait "$server"

  # A server that dies, and one that says nothing any more.
  serve kit.sock nbdkit -f -U "$work/kit.sock" memory 16M
  export server
  view '
    mount -t umdevnbd "unix:$PWD/kit.sock" disk
    dd if=/dev/urandom of=disk bs=1M count=1 status=none
    kill -STOP "$server"
    dd if=disk of=/dev/null bs=1M skip=8 & reader=$!
    until grep -q . /proc/$reader/wchan; do :; done
    kill -KILL $reader
    wait $reader || test $? = 137
    kill -KILL "$server"
    dd if=disk of=/dev/null bs=1M skip=8 2>&1 | grep -q "Input/output error"
    umount disk
    mount -t umdevnbd "unix:$PWD/kit.sock" disk && exit 1
    mount -t umdevnbd unix:relative disk && exit 1
    test ! -e disk
  ' || exit 1
  wait "$server" 2>/dev/null
done
exit 0
