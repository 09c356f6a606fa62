# Runs in a view with umfuse, in an empty directory with an empty directory mnt. Programs that are not
# installed are left out; the first command that fails ends it.
set -e -u -o pipefail
PS4='+ ${BASH_SOURCE##*/}:$LINENO: '
have() { type -P "$1" >/dev/null || { echo "left out: no $1"; return 1; }; }

set -x
[[ $(stat -c '%F %t,%T %a' /dev/fuse) == "character special file a,e5 666" ]]
[[ -r /dev/fuse && -w /dev/fuse ]]

mkdir -p source/deep/er
seq 20000 >source/numbers
echo text >source/deep/er/text
ln -s deep/er source/link
# Names, modes, contents; sizes of directories differ from one file system to the next.
sums() {
  (cd "$1"; find . -mindepth 1 -name lost+found -prune -o -type d -printf '%P d %m\n' -o -printf '%P %y %m %s %l\n' | sort
   find . -type f | sort | xargs md5sum)
}

# A daemon that goes to the background and is found again by its mount.
if have bindfs; then
  bindfs source mnt
  diff <(sums source) <(sums mnt)
  grep -q " $PWD/mnt fuse" /proc/mounts
  echo more >mnt/deep/new
  [[ $(cat source/deep/new) == more ]]
  mv mnt/deep/new mnt/deep/er/renamed
  rm mnt/deep/er/renamed
  # What changes behind it is seen by those who have the file open.
  echo one >source/log
  tail -f mnt/log >lines & tail=$!
  until grep -q one lines; do kill -0 $tail; done
  echo two >>source/log
  until grep -q two lines; do kill -0 $tail; done
  kill $tail
  wait $tail || true
  exec 5<mnt/log
  [[ $(head -c 4 <&5) == one ]]
  echo x >source/log
  until [[ $(stat -L -c %s /proc/self/fd/5) == 2 ]]; do [[ -e mnt/log ]]; done
  [[ -z $(cat <&5) ]]
  cmp source/log mnt/log
  exec 5<&-
  rm source/log

  # One on another.
  mkdir source/under
  bindfs source mnt/under
  umount -R mnt
  rmdir source/under
  [[ -z $(ls -A mnt) ]]

  # Parts of what the mount covers are seen.
  mkdir -p mnt/deep/kept mnt/real
  echo below | tee mnt/deep/kept/file >mnt/real/file
  echo hidden >mnt/numbers
  mount -t umfusebind -o except=deep/kept/ "$PWD/source" mnt
  [[ $(cat mnt/deep/kept/file) == below && ! -e mnt/real ]]
  [[ $(ls mnt/deep) == $'er\nkept' && $(tail -n 1 mnt/numbers) == 20000 ]]
  (cd mnt/deep/kept && cat ../../numbers ../er/text | cmp - <(cat ../../../source/{numbers,deep/er/text}))
  (cd mnt/deep && echo new >kept/new && mv kept/new kept/../../moved)
  [[ $(cat source/moved) == new && ! -e source/deep/kept ]]
  rm source/moved
  umount mnt
  mount -t umfusebind -o merge "$PWD/source" mnt
  [[ $(ls mnt) == $'deep\nlink\nnumbers\nreal' && $(ls mnt/deep) == $'er\nkept' ]]
  [[ $(cat mnt/real/file) == below && $(tail -n 1 mnt/numbers) == 20000 ]]
  (cd mnt/real && [[ $(cat ../deep/er/text) == text && $(cat ../deep/kept/file) == below ]])
  echo new >mnt/new
  rm mnt/real/file
  umount mnt
  [[ $(cat source/new) == new && ! -e mnt/real/file && $(cat mnt/numbers) == hidden ]]
  rm -r source/new mnt/deep mnt/real mnt/numbers

  # Locks that it passes on, as one owner.
  if have python3; then
    bindfs --multithreaded --enable-lock-forwarding source mnt
    python3 "$(dirname "$0")/locks.py" mnt/numbers source/numbers
    python3 -c 'import errno, fcntl, sys
for command in fcntl.F_GET_SEALS, fcntl.F_ADD_SEALS:
    try: sys.exit(fcntl.fcntl(0, command, 0))
    except OSError as error: assert error.errno == errno.EINVAL' <mnt/numbers
    umount mnt
  fi

  # Its death is ENOTCONN for its users, and the mount can be taken away.
  bindfs -f source mnt & daemon=$!
  until [[ -e mnt/numbers ]]; do kill -0 $daemon; done
  kill -KILL $daemon
  wait $daemon || true
  if cat mnt/numbers 2>error; then exit 1; fi
  grep -q "not connected" error
  umount mnt

  # One that does not answer can be left by its users, and be unmounted.
  bindfs -f source mnt & daemon=$!
  until [[ -e mnt/link ]]; do kill -0 $daemon; done
  kill -STOP $daemon
  cat mnt/numbers & user=$!
  kill -KILL $user
  wait $user || [[ $? == 137 ]]
  umount -l mnt
  kill -KILL $daemon
  wait $daemon || true
fi

# The image of a disk, by one command.
if have fuse2fs && have mkfs.ext4; then
  truncate -s 32M image
  mkfs.ext4 -q -F image
  mount -t umfuseext4 -o rw+ image mnt
  cp -r source/. mnt
  diff <(sums source) <(sums mnt)
  umount mnt
  e2fsck -fn image
  mount -t umfuseext4 image mnt
  [[ $(cat mnt/link/text) == text ]]
  if touch mnt/file; then exit 1; fi
  umount mnt
  # A copy that finds no room says so.
  head -c 40M /dev/zero >large
  mount -t umfuseext4 -o rw+ image mnt
  if cp --sparse=never large mnt/large; then exit 1; fi
  umount mnt
  rm large
fi

if have squashfuse && have mksquashfs; then
  mksquashfs source source.sqfs -quiet -noappend >/dev/null
  mount -t umfusesquashfs source.sqfs mnt
  diff <(sums source) <(sums mnt)
  umount mnt
fi

# Go, which asks its own mount a question before it goes on.
if have gocryptfs; then
  mkdir secret
  gocryptfs -q -init -extpass "echo word" secret
  gocryptfs -q -extpass "echo word" secret mnt
  cp source/numbers mnt/numbers
  cmp source/numbers mnt/numbers
  umount mnt
  [[ ! -e secret/numbers ]]
fi

if mount -t umfusenosuch none mnt; then exit 1; fi

# Unmounted under somebody, it stays for him, and ends with the view.
mount -t umfusebind "$PWD/source" mnt
mkfifo stay never
(cd mnt && read -r <../stay) & inside=$!
exec 7>stay
until [[ $(readlink "/proc/$inside/cwd") == */mnt ]]; do read -r -t 0.05 <>never; done
umount -l mnt
exec 7>&-
wait "$inside" || true
