#!/bin/bash
# python_client_test.sh UMVIEW: a script of a remote administrator's, with what protoc makes of the
# published .proto for Python, drives a view under each engine.
umview=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
proto=$(readlink -f proto)
. "$here/view.sh"
guest='echo >ready; read -r <end; [[ ! -e failed ]]'

for engine in notify ptrace; do
  begin_view --engine=$engine -p umdev
  # Debian's own Python is the one that has python3-grpcio.
  { protoc -I"$proto" --plugin=protoc-gen-grpc="$(type -P grpc_python_plugin)" --python_out=. --grpc_out=. \
    umsdk/admin/v1/admin.proto && PYTHONPATH=. /usr/bin/python3 "$here/python_client.py" "$socket"; } || touch failed
  end_view || { echo "$engine failed"; exit 1; }
done
