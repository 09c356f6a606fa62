# Sourced by the scripts that live on a virtual file system: mounts it on $1 and goes there. Each
# command is traced; the first that fails ends the script.
. "$(dirname "$0")/checks.sh"
mnt=$1

if [[ -z ${UM_LIVE_NATIVE:-} ]]; then
  mount -t umramfs none "$mnt"
  grep -q " $mnt umramfs " /proc/mounts
fi
cd "$mnt"
set -x
