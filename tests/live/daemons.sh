# daemons.sh NAME: mounts what the FUSE daemon NAME makes of the tree `source` on `mnt`, both in the
# current directory, and writes what is seen to the directory `seen`. In a view, or natively as root.
set -e -u -o pipefail
name=$1
here=$(dirname "$(readlink -f "$0")")
tree() { python3 "$here/tree.py" "$@"; }
# A plain user's own image belongs to somebody whom it does not know.
mine=
if [[ $(id -u) != 0 ]]; then mine=,fakeroot; fi

# prepare_NAME: once; mount_NAME: may be called again; writes: those that are written to.
prepare_fuse2fs() { truncate -s 64M image && mkfs.ext4 -q -F -d source image; }
mount_fuse2fs() { fuse2fs -o rw$mine image mnt; }
prepare_fuse-ext2() { truncate -s 64M image && mkfs.ext2 -q -F -d source image; }
mount_fuse-ext2() { fuse-ext2 -o ro image mnt; }
prepare_squashfuse() { mksquashfs source image -quiet -noappend >/dev/null; }
mount_squashfuse() { squashfuse image mnt; }
prepare_squashfuse_ll() { prepare_squashfuse; }
mount_squashfuse_ll() { squashfuse_ll image mnt; }
prepare_sshfs() {
  printf '#!/bin/sh\nexec /usr/lib/openssh/sftp-server\n' >ssh
  chmod +x ssh
}
mount_sshfs() { sshfs -o no_contain_symlinks,ssh_command="$PWD/ssh" host:"$PWD/source" mnt; }
prepare_archivemount() { tar -C source -cf image.tar .; }
mount_archivemount() { archivemount -o readonly image.tar mnt; }
prepare_bindfs() { :; }
mount_bindfs() { bindfs source mnt; }
prepare_unionfs() { mkdir top; }
mount_unionfs() { unionfs -o cow "$PWD/top=RW:$PWD/source=RO" mnt; }
prepare_mergerfs() { mkdir other && mv source/deep other/; }
mount_mergerfs() { mergerfs "$PWD/source:$PWD/other" mnt; }
prepare_fuse-overlayfs() { mkdir upper work; }
mount_fuse-overlayfs() { fuse-overlayfs -o lowerdir=source,upperdir=upper,workdir=work mnt; }
prepare_ntfs-3g() { truncate -s 64M image && mkfs.ntfs -q -F image >/dev/null 2>&1; }
mount_ntfs-3g() { ntfs-3g image mnt; }
prepare_gocryptfs() { mkdir secret && gocryptfs -q -init -scryptn 10 -extpass "echo word" secret >/dev/null; }
mount_gocryptfs() { gocryptfs -q -extpass "echo word" secret mnt 2>/dev/null; }
prepare_rclone() { :; }
mount_rclone() { rclone --config "$PWD/none" mount --daemon --attr-timeout 1s ":local:$PWD/source" mnt 2>/dev/null; }
prepare_encfs() { mkdir secret; }
mount_encfs() { encfs --standard --extpass="echo word" "$PWD/secret" "$PWD/mnt" >/dev/null; }
writes=" fuse2fs sshfs bindfs unionfs mergerfs fuse-overlayfs ntfs-3g gocryptfs encfs "

mkdir seen
"prepare_$name"
"mount_$name"
# These begin with nothing.
case $name in ntfs-3g | gocryptfs | encfs) cp -a source/. mnt ;; esac
tree walk mnt >seen/walk
if [[ $writes == *" $name "* ]]; then
  tree write mnt >seen/write
  umount mnt
  "mount_$name"
  tree walk mnt/new | sed 's/ [0-9]\{19\}\( \|$\)/ \1/' >seen/again
fi
umount mnt
