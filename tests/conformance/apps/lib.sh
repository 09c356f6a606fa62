# Sourced by these scripts: the first command that fails ends the script, each is traced.
set -eux
