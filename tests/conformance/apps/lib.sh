# Sourced by these scripts: the first command that fails ends the script, each is traced.
PATH=$PATH:/usr/sbin:/sbin  # root's
set -eux
