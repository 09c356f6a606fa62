#!/bin/bash
# kernels_fuse.sh WORK: runs the cases on an ext2 image that the kernel's FUSE mounts with fuse2fs.
set -eu
work=$1
here=$(dirname "$(readlink -f "$0")")
readonly options=fakeroot,allow_other,default_permissions,attr_timeout=0,entry_timeout=0

mkdir "$work/kernel"
truncate -s 256M "$work/image.kernel"
mkfs.ext2 -q -F -I 256 -N 60000 "$work/image.kernel"
fuse2fs -o "rw,$options" "$work/image.kernel" "$work/kernel"
trap 'umount "$work/kernel"' EXIT
"$here/run_cases.sh" "$work" kernel 1
