#!/bin/bash
# The bash completion, in a bash without the package bash-completion.
set -u
source frontends/completions/umview
failures=0

# expect WANTED WORD...: completes the last word.
expect() {
  local wanted=$1
  shift
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  "_$1" 2>/dev/null
  if [[ " ${COMPREPLY[*]-} " == *" $wanted "* || (-z $wanted && -z ${COMPREPLY[*]-}) ]]; then return; fi
  echo "'$*' gives '${COMPREPLY[*]-}', not '$wanted'"
  failures=$((failures + 1))
}

export HOME=/nonexistent
expect --engine= umview --en
expect notify umview --engine = n
expect ptrace umview --engine =
expect umdev umview -p um
expect bash umview -p umdev bas
expect all umview -o file --trace = a
expect /etc/passwd umview -q cat /etc/pass
expect /etc/passwd umview -- cat /etc/pass
expect true umview --engine = auto tru
expect '' umview -V x
expect --json um_doctor --j
expect umramfs um_mount -t umr
expect -l um_umount -l

echo "$failures failures"
exit $((failures > 0))
