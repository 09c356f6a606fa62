# random.sh DATA TREE MODEL SEED COUNT: runs in a view with umfuse and ramfs, in an empty directory with
# an empty directory mnt: the programs random_data and random_tree on file systems that are mounted
# there, against the directory MODEL.
set -e -u -o pipefail
data=$1 tree=$2 model=$3 seed=$4 count=$5

# Nothing is remembered of a file's attributes: it may have a second name. hard_remove: else libfuse gives a name to
# what is removed before it has heard that it is closed, and in a race of its threads keeps it for ever.
fresh=attr_timeout=0,entry_timeout=0,hard_remove
both() {
  echo "= $1"
  rm -rf "${model:?}"/*
  "$data" mnt "$model" "$seed" "$count"
  "$tree" mnt "$model" "$seed" "$count"
  umount mnt
}

mount -t umramfs none mnt
both ramfs

truncate -s 64M image
mkfs.ext4 -q -F image
mount -t umfuseext4 -o rw+,$fresh image mnt
both fuse2fs
e2fsck -fn image

mkdir source
mount -t umfusebind -o $fresh "$PWD/source" mnt
both bindfs
