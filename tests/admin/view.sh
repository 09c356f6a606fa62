# Sourced: begin_view OPTIONS... starts a view of $umview beside the script, with the socket $socket; its
# command is the script $guest, which ends once `end` can be read. end_view ends it.
begin_view() {
  work=$(mktemp -d /tmp/umsdk-admin.XXXXXX) || exit 125
  trap 'rm -rf --one-file-system "$work"' EXIT
  cd "$work" || exit 125
  mkfifo ready end
  exec 8<>ready 9<>end
  XDG_RUNTIME_DIR=$work "$umview" --norc -V view "$@" -- bash -c "$guest" &
  view=$!
  read -r <&8
  socket=$work/umview/$view-view
}

end_view() {
  echo >&9
  wait "$view"
}
