#!/bin/bash
# remote_test.sh UMVIEW: a view at 127.0.0.2 is administered from 127.0.0.1, under each engine: an owner may
# all but load files, a reader only looks; wrong, expired, missing and unknown certificates get nothing.
umview=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
proto=$(readlink -f proto)
. "$here/view.sh"
. "$here/certificates.sh"
PATH=${umview%/*}:$PATH
guest='echo >ready; read -r <end'

# expect WHAT-IT-SAYS COMMAND...: all of what the command says, or (PATTERN*) how it begins.
expect() {
  local wanted=$1 said
  shift
  said=$("$@" 2>&1)
  # shellcheck disable=SC2053
  [[ $said == $wanted ]] || { echo "$*: said '$said', not '$wanted'"; cat "$log"; exit 1; }
}

make_certificates() {
  authority trusted && authority other && certificate view trusted view && certificate ann trusted ann &&
    certificate bob trusted bob && certificate eve trusted eve && certificate false other ann &&
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ann -keyout old.key -out old.request \
      2>/dev/null && certificate old trusted ann -days -1 || { echo "no certificates"; exit 1; }
  for name in ann bob eve false old; do client "$name"; done
  cp -r ann wary && cp other.pem wary/ca.pem  # does not trust the view
  mkdir bare && cp trusted.pem bare/ca.pem && cp view.pem bare/client.pem && : >bare/client.key
  printf '%s\n' "listen 127.0.0.2:0" "certificate view.pem" "key view.key" "client-ca trusted.pem" \
    "owner ann" "reader bob" >remote
}

for engine in notify ptrace; do
  begin_view_in() { begin_view --engine=$engine -p umdev --admin-remote "$1" 2>"$log"; }
  scratch=$(mktemp -d /tmp/umsdk-remote.XXXXXX) || exit 125
  (cd "$scratch" && make_certificates) || exit 1
  log=$scratch/log
  begin_view_in "$scratch/remote"
  cp -r "$scratch/." .
  trap 'rm -rf --one-file-system "$work" "$scratch"' EXIT
  target=$(sed -n 's/^.*listening at //p' "$log")
  from() { local who=$1 tool=$2; shift 2; timeout 60 "$tool" --target "$target" --certificates "$who" "$@"; }

  expect 'um_service 1  code 04 name "umdev"' from ann um_ls_service
  expect '' from ann um_add_service umfuse
  expect '' from ann um_mov_service -p 2 1
  expect $'um_service 1  code 01 name "umfuse fuse"\num_service 2  code 04 name "umdev"' from bob um_ls_service
  expect 'um_del_service: your certificate'\''s role is to read only' from bob um_del_service umfuse
  expect '*remote administrators load services by their names only' from ann um_add_service /tmp/x.so
  expect "um_ls_service: the certificate of 'eve' has no role in this view" from eve um_ls_service
  grep -q "administration refused to the certificate of 'eve'" "$log" || { echo "no event"; cat "$log"; exit 1; }
  for who in false old wary; do
    expect "um_ls_service: no way to $target, or it does not take $who/client.pem: *" from $who um_ls_service
  done
  expect 'um_ls_service: no way to *' from bare um_ls_service
  expect 'um_ls_service: cannot read nobody/ca.pem: No such file or directory; --certificates names its directory' \
    from nobody um_ls_service
  expect 'um_ls_service: no way to 127.0.0.2:1, *' um_ls_service --target 127.0.0.2:1 --certificates ann
    protoc -I"$proto" --plugin=protoc-gen-grpc="$(type -P grpc_python_plugin)" --python_out=. --grpc_out=. \
    umsdk/admin/v1/admin.proto || exit 1
  PYTHONPATH=. /usr/bin/python3 "$here/plain_client.py" "$target" || { echo "served without TLS"; exit 1; }
  from bob um_events -k service-removed >events 2>&1 &
  until [[ -s events ]]; do
    expect '' from ann um_del_service umfuse
    expect '' from ann um_add_service umfuse
  done
  expect '*service-removed umfuse' head -n 1 events
  exec 7<>/dev/tcp/${target/://}  # one that says nothing holds up nobody
  expect '' from ann um_lock_service
  expect 'um_del_service: Function not implemented' from ann um_del_service umfuse
  exec 7>&-
  end_view || { echo "$engine failed"; exit 1; }

  # What is wrong with the file is said before anything runs.
  sed -i "s/^listen.*/listen ${target%:*}:1x/" remote
  "$umview" --norc --engine=$engine --admin-remote remote true 2>said && exit 1
  grep -q 'administration from other machines: cannot listen at 127.0.0.2:1x' said || { cat said; exit 1; }
  sed -i 's/^key.*/key none.key/' remote
  expect '*cannot read the key ./none.key: No such file or directory' "$umview" --norc --admin-remote ./remote true
  cd / && rm -rf --one-file-system "$work" "$scratch"
done
