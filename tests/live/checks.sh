# Sourced by the scripts that check themselves: the first command that fails ends the script, and a
# trace tells where each stood.
set -e -u -o pipefail
PS4='+ ${BASH_SOURCE##*/}:$LINENO: '

# same WHAT EXPECTED: compares two strings.
same() {
  [[ $1 == "$2" ]] && return
  printf 'is:       %s\nexpected: %s\n' "$1" "$2"
  return 1
}
