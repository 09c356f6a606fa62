# Sourced by the scripts that live on a virtual file system: mounts it on $1 and goes there. Each
# command is traced; the first that fails ends the script.
set -e -u -o pipefail
PS4='+ ${BASH_SOURCE##*/}:$LINENO: '
mnt=$1

if [[ -z ${UM_LIVE_NATIVE:-} ]]; then
  mount -t umramfs none "$mnt"
  grep -q " $mnt umramfs " /proc/mounts
fi
cd "$mnt"

# same WHAT EXPECTED: compares two strings.
same() {
  [[ $1 == "$2" ]] && return
  printf 'is:       %s\nexpected: %s\n' "$1" "$2"
  return 1
}
set -x
