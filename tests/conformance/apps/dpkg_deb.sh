# A package is made, unpacked, installed below a root directory and removed.
. "$(dirname "$0")/lib.sh"
mkdir -p x/DEBIAN x/usr/share/um
printf 'Package: um\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: d\n' >x/DEBIAN/control
seq 1000 >x/usr/share/um/f
dpkg-deb -b x h.deb >/dev/null
dpkg-deb -x h.deb o
cmp o/usr/share/um/f x/usr/share/um/f

mkdir -p root/var/lib/dpkg/{info,updates}
: >root/var/lib/dpkg/status
dpkg "--root=$PWD/root" "--log=$PWD/log" -i h.deb >/dev/null
cmp root/usr/share/um/f x/usr/share/um/f
dpkg "--root=$PWD/root" "--log=$PWD/log" -r um >/dev/null
test ! -e root/usr/share/um/f
dpkg -l bash | grep -q ^ii
apt-cache policy bash | grep -q Installed
